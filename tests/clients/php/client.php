<?php
// The suite from PHP, as JSON over plain HTTP: search, lists, writes, errors, a watch and a sync.
//
//   php tests/clients/php/client.php "biaya paspor"
//
// It ends at the first answer that is not as it should be.
require __DIR__ . '/suite.php';

const MALL = 'malls/banyuwangi';
const COUNTER = MALL . '/counters/dukcapil';

function must(bool $holds, string $text, $seen = null): void
{
    if (!$holds) {
        fwrite(STDERR, "not as it should be: $text " . json_encode($seen) . "\n");
        exit(1);
    }
}

function refusal(callable $call): Refused
{
    try {
        $answer = $call();
    } catch (Refused $refused) {
        return $refused;
    }
    must(false, 'it was not refused', $answer);
}

function searches(string $question): void
{
    $answer = get('reader', 'registry', '/v1/services:search', ['query' => $question, 'pageSize' => 3]);
    must(isset($answer['hits']), "nothing was found for '$question'; has the demo synced its ministries?");
    foreach ($answer['hits'] as $hit) {
        echo "search: {$hit['title']['id']}  [$hit[service]], at ", $hit['placeCount'] ?? 0, " places\n";
    }
}

function pages(): void
{
    $names = [];
    $token = '';
    do {
        $page = get('reader', 'registry', '/v1/malls', ['pageSize' => 5, 'pageToken' => $token]);
        $names = array_merge($names, array_column($page['malls'], 'name'));
        $token = $page['nextPageToken'] ?? '';
    } while ($token !== '');
    must(count(array_unique($names)) === count($names) && count($names) === $page['totalSize'], 'pages', $names);
    echo 'pages: ', count($names), " malls, five at a time, none twice\n";
}

function read_counter(array $query = []): array
{
    return get('reader', 'registry', '/v1/' . COUNTER, $query)['counter'];
}

function other_prefix(array $counter): string
{
    return $counter['ticketPrefix'] === 'DKC' ? 'A' : 'DKC';
}

function update(string $prefix, array $headers = []): array
{
    $query = ['updateMask' => 'ticketPrefix'];
    return send('organiser', 'PATCH', 'registry', '/v1/' . COUNTER, ['ticketPrefix' => $prefix], $query, $headers);
}

/** With If-Match nobody's write is undone; with an Idempotency-Key a write that is sent twice is done once. */
function writes(): void
{
    $counter = read_counter();
    $etag = "If-Match: \"$counter[etag]\"";
    $headers = [$etag, 'Idempotency-Key: ' . bin2hex(random_bytes(16))];
    $written = update(other_prefix($counter), $headers);
    $repeated = update(other_prefix($counter), $headers);
    // The first answer again; its revision may be a later one, which shows the write as well.
    must($repeated['counter'] === $written['counter'], 'the same request got another answer', $repeated);

    $read = read_counter(['minRevision' => $written['revision']]);
    must($read['ticketPrefix'] === other_prefix($counter), "revision $written[revision] is not in", $read);
    echo "write: '$read[ticketPrefix]' at revision $written[revision], once; read with minRevision\n";

    $refused = refusal(fn() => update('OLD', [$etag]));
    must([$refused->status, $refused->reason] === [412, 'ETAG_MISMATCH'], 'the etag of before got', $refused);
    echo "write: with the etag of before, $refused->status $refused->reason\n";
}

function errors(): void
{
    $refused = refusal(fn() => update('DKC4'));
    $wrong = $refused->fields[0] ?? [];
    $found = [$refused->status, $refused->reason, $wrong['field'] ?? '', $wrong['code'] ?? ''];
    must($found === [400, 'INVALID_FIELD', 'counter.ticket_prefix', 'FORMAT'], 'the wrong prefix got', $found);
    echo "error: $refused->status $refused->reason: $wrong[field] $wrong[code] $wrong[description]\n";
}

/** Gives the id and the data of each event to `$take`, until it returns false. */
function events(array $query, array $headers, callable $take): void
{
    $text = '';
    $curl = request('reader', 'registry', '/v1/feed:watch', $query, $headers);
    curl_setopt($curl, CURLOPT_WRITEFUNCTION, function ($curl, string $piece) use (&$text, $take): int {
        $blocks = explode("\n\n", $text . $piece);
        $text = array_pop($blocks); // not whole yet
        foreach ($blocks as $block) {
            preg_match('/^id: (.*)$/m', $block, $id);
            if (preg_match('/^data: (.*)$/m', $block, $data) && !$take($id[1] ?? '', json_decode($data[1], true))) {
                return 0; // ends the connection
            }
        }
        return strlen($piece);
    });
    curl_exec($curl);
}

/** A copy of a mall's counters that stays true over a lost connection: the last id goes on where it was. */
function watches(): void
{
    $query = ['filter.kinds' => 'counter', 'filter.labels.mall' => MALL, 'initialState' => true];
    $copy = [];
    $last = '';
    events($query, [], function (string $id, array $event) use (&$copy, &$last): bool {
        foreach ($event['changes'] ?? [] as $change) {
            $copy[$change['name']] = $change['document'];
        }
        $last = $id ?: $last; // kept together with the copy
        return !isset($event['initialStateComplete']);
    });
    must(isset($copy[COUNTER]), 'the counter is not in the copy', array_keys($copy));

    $revision = update(other_prefix(read_counter()))['revision']; // while nobody listens
    $missed = [];
    events($query, ["Last-Event-ID: $last"], function (string $id, array $event) use (&$missed, $revision): bool {
        $missed = array_merge($missed, array_column($event['changes'] ?? [], 'name'));
        return $id === '' || (int) $event['revision'] < (int) $revision;
    });
    must($missed === [COUNTER], 'after the last id came', $missed);
    echo 'watch: ', count($copy), " counters; after the last id only what was missed: $missed[0]\n";
}

function say(string $verb, array $body): array
{
    return send('publisher', 'POST', 'registry', "/v1/sources/kemendagri:$verb", $body);
}

/** Opens and sends a batch by single calls. `$kept` is what a client keeps over its death, each change in one write. */
function begin(array &$kept, array $records): array
{
    $hello = array_filter(['mappingVersion' => 'contoh-1', 'holder' => 'contoh-php'] + $kept);
    $welcome = say('openSession', $hello)['welcome'];
    if ($welcome['sendAll'] ?? false) {
        $kept = ['checkpoint' => $welcome['checkpoint'] ?? null, 'underWay' => []]; // and every answer is forgotten
    }
    $position = "$welcome[session]:" . count($records);
    $kept['underWay'][] = $position; // before the batch goes out, with its records' answers forgotten
    $checkpoint = ['sequence' => $welcome['nextSequence'], 'position' => $position];
    $token = $welcome['fencingToken'];
    return [$welcome, ['nonce' => 1, 'fencingToken' => $token, 'records' => $records, 'checkpoint' => $checkpoint]];
}

/** Each record gets its answer; one that is wrong stops no other. What died unheard comes again, alone. */
function syncs(): void
{
    $records = [];
    foreach (range(1, 10) as $n) {
        $title = ['id' => $n < 10 ? "Layanan contoh-$n" : '']; // the last is wrong, to see what is said of it
        $records[] = ['sourceId' => "contoh-$n", 'unit' => 'units/kemendagri', 'service' => ['title' => $title], 'confirmed' => true];
    }
    $kept = ['checkpoint' => null, 'underWay' => []];
    [$welcome, $batch] = begin($kept, $records);
    $result = say('pushBatch', ['batch' => $batch])['batchResult'];
    $kept = ['checkpoint' => $result['checkpoint'], 'underWay' => []]; // together with the answers
    $results = $result['results'];
    $repeated = say('pushBatch', ['batch' => $batch])['batchResult']; // as after a lost answer: it counts once
    $summary = say('endSession', ['fencingToken' => $welcome['fencingToken']])['summary'];
    $counts = $summary['session'];
    $outcomes = array_count_values(array_column($results, 'outcome'));
    $taken = ($outcomes['OUTCOME_APPLIED'] ?? 0) + ($outcomes['OUTCOME_UNCHANGED'] ?? 0);
    $wrong = $results[9] ?? [];
    must($taken === 9 && $wrong['outcome'] === 'OUTCOME_REJECTED', 'the answers', $results);
    must([$wrong['field'], $wrong['code']] === ['service.title.id', 'REQUIRED'], 'the wrong record', $wrong);
    must($repeated['repeatedNonce'] ?? false, 'the batch that was sent again', $repeated);
    must([$counts['received'], $counts['rejected']] === ['10', '1'], 'the accounting', $counts);
    must(!isset($summary['incomplete']), 'the session lacked something', $summary);
    echo "sync: $counts[received] received = ", $counts['applied'] ?? 0, ' applied + ', $counts['unchanged'] ?? 0,
        " unchanged + $counts[rejected] rejected ($wrong[sourceId]: $wrong[field] $wrong[message])\n";

    [, $unheard] = begin($kept, array_slice($records, 0, 2));
    say('pushBatch', ['batch' => $unheard]); // its answers are lost, and the script with them
    [$welcome, $batch] = begin($kept, array_slice($records, 0, 2));
    must(!($welcome['sendAll'] ?? false), 'it knows of every batch that was answered', $welcome);
    $results = say('pushBatch', ['batch' => $batch])['batchResult']['results'];
    must(array_column($results, 'outcome') === ['OUTCOME_UNCHANGED', 'OUTCOME_UNCHANGED'], 'what came again', $results);
    say('endSession', ['fencingToken' => $welcome['fencingToken']]);
    echo "sync: after its death it goes on at batch {$welcome['checkpoint']['sequence']}, and nothing else comes again\n";
}

searches($argv[1] ?? 'kalau ktp hilang gimana');
pages();
writes();
errors();
watches();
syncs();
