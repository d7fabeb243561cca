<?php
// Calls of the suite as JSON over plain HTTP, with nothing but PHP's curl. Copy this file.

/** A refusal: match on its reason, show its sentence to people, mend the fields that it names. */
class Refused extends RuntimeException
{
    public $status, $reason, $sentence, $fields;

    public function __construct(int $status, array $problem)
    {
        parent::__construct(($problem['title'] ?? "HTTP $status") . ': ' . ($problem['detail'] ?? ''));
        $this->status = $status;
        $this->reason = $problem['reason'] ?? '';
        $this->sentence = $problem['title'] ?? ''; // in Indonesian; the rest is for developers
        $this->fields = $problem['errors'] ?? []; // each with field, code and description
    }
}

/** Addresses and tokens: the file that `mpp up` wrote. */
function context(): array
{
    $file = getenv('MPP_CONTEXT') ?: 'mpp-data/context.json';
    if (!is_readable($file)) {
        throw new RuntimeException("$file is not there; run this in the folder of `mpp up`, or set MPP_CONTEXT");
    }
    return json_decode(file_get_contents($file), true);
}

/** A request of curl to a service, in a role, with an answer in JSON and a refusal in Indonesian. */
function request(string $role, string $service, string $path, array $query = [], array $headers = [])
{
    $token = trim(file_get_contents(context()['tokens'][$role]));
    // http_build_query would write true as 1, and a list as name[0]=…&name[1]=….
    $query = array_map(fn($value) => is_bool($value) ? var_export($value, true) : $value, $query);
    $query = preg_replace('/%5B\d+%5D=/', '=', http_build_query($query));
    $curl = curl_init(context()[$service] . $path . '?' . $query);
    curl_setopt_array($curl, [CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => 30, CURLOPT_HTTPHEADER => array_merge([
        "Authorization: Bearer $token",
        'Content-Type: application/json',
        'Accept: application/json, application/problem+json',
        'Accept-Language: id',
    ], $headers)]);
    return $curl;
}

function get(string $role, string $service, string $path, array $query = []): array
{
    return answer(request($role, $service, $path, $query));
}

/** POST or PATCH. A key of your choice, kept until there is an answer, makes it safe to send again. */
function send(
    string $role, string $method, string $service, string $path, array $body, array $query = [], array $headers = []
): array {
    $curl = request($role, $service, $path, $query, $headers);
    curl_setopt($curl, CURLOPT_CUSTOMREQUEST, $method);
    // json_encode would write an empty array as [].
    curl_setopt($curl, CURLOPT_POSTFIELDS, json_encode((object) $body));
    return answer($curl);
}

function answer($curl): array
{
    $text = curl_exec($curl);
    if ($text === false) {
        throw new RuntimeException('no answer: ' . curl_error($curl));
    }
    $answer = json_decode($text, true) ?? [];
    $status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
    if ($status >= 400) {
        throw new Refused($status, $answer);
    }
    return $answer;
}
