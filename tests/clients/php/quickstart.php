<?php
// Malls listed, a counter's hours read, an appointment booked and given back.
require __DIR__ . '/suite.php';

// All malls, ten at a time.
$token = '';
do {
    $page = get('reader', 'registry', '/v1/malls', ['pageSize' => 10, 'pageToken' => $token]);
    foreach ($page['malls'] ?? [] as $mall) {
        echo $mall['name'], '  ', $mall['displayName']['id'], "\n";
    }
    $token = $page['nextPageToken'] ?? ''; // what is empty is left out of an answer
} while ($token !== '');

// When a counter is open in the next seven days, and why.
$counter = 'malls/banyuwangi/counters/dukcapil';
foreach (get('reader', 'scheduling', "/v1/$counter/hours", ['days' => 7])['days'] as $day) {
    $times = array_map(fn($i) => "$i[open]-$i[close]", $day['intervals'] ?? []);
    echo $day['date'], '  ', $times ? implode(', ', $times) : $day['status'], "\n";
    foreach ($day['why'] ?? [] as $why) {
        echo '    ', $why['text']['id'], "\n";
    }
}

// The first free place for one of the services that the counter offers.
$offering = "$counter/offerings/ktp-el-hilang";
$query = ['days' => 14, 'onlyAvailable' => true];
$slots = get('reader', 'scheduling', "/v1/$offering/slots", $query)['slots'] ?? [];
if (!$slots) {
    fwrite(STDERR, "no free place for two weeks\n");
    exit(1);
}
// One key for one booking: whoever sends it again after a lost answer books once.
$key = ['Idempotency-Key: ' . bin2hex(random_bytes(16))];
$body = ['applicantNik' => '3510015203850002'];
try {
    $booked = send('reader', 'POST', 'scheduling', "/v1/{$slots[0]['name']}:book", $body, [], $key)['appointment'];
    echo "booked: $booked[date] $booked[open], code $booked[code]\n";
} catch (Refused $refused) {
    // APPLICANT_HAS_APPOINTMENT, SLOT_FULL, …: proto/README.md lists the reasons.
    fwrite(STDERR, "$refused->reason: $refused->sentence\n");
    exit(1);
}

// Given back, so that this can be run again; the code of the booking is the applicant's proof.
$code = ['code' => $booked['code']];
$key = ['Idempotency-Key: ' . bin2hex(random_bytes(16))];
$cancelled = send('reader', 'POST', 'scheduling', "/v1/$booked[name]:cancel", $code, [], $key)['appointment'];
echo "cancelled: $cancelled[name], $cancelled[state]\n";
