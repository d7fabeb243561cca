use std::collections::HashSet;

use super::*;

fn read() -> Value {
    serde_json::from_str(document()).expect("JSON")
}

fn all_in(value: &Value, see: &mut impl FnMut(&Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            see(object);
            object.values().for_each(|value| all_in(value, see));
        }
        Value::Array(items) => items.iter().for_each(|item| all_in(item, see)),
        _ => {}
    }
}

#[test]
fn every_address_of_the_contract_is_there_once() {
    let document = read();
    let mut ids = HashSet::new();
    for route in route::all() {
        let address = format!("{} {}", route.verb, route.path);
        let operation = &document["paths"][route.path.to_string()][route.verb.to_lowercase()];
        assert_eq!(operation["x-grpc-path"], route.grpc_path(), "{address}");
        let id = operation["operationId"].as_str().expect("an id").to_owned();
        assert!(ids.insert(id), "{address}");
    }
    let paths = document["paths"].as_object().expect("paths").values();
    let there: usize = paths.map(|path| path.as_object().map_or(0, Map::len)).sum();
    assert_eq!(there, route::all().len());
}

#[test]
fn every_reference_leads_somewhere_and_nothing_is_there_for_nobody() {
    let document = read();
    let mut referred = HashSet::new();
    all_in(&document, &mut |object| {
        if let Some(to) = object.get("$ref").and_then(Value::as_str) {
            let found = document.pointer(to.trim_start_matches('#'));
            assert!(found.is_some_and(|found| !found.is_null()), "{to}");
            referred.insert(to.to_owned());
        }
    });
    for kind in ["schemas", "parameters", "headers", "responses"] {
        for name in document["components"][kind].as_object().expect(kind).keys() {
            assert!(referred.contains(&format!("#/components/{kind}/{name}")), "{kind}: {name}");
        }
    }
}

#[test]
fn every_part_of_a_path_that_varies_is_a_parameter() {
    for (path, operations) in read()["paths"].as_object().expect("paths") {
        for operation in operations.as_object().expect("operations").values() {
            let parameters = operation["parameters"].as_array().expect("parameters");
            let of_path = parameters.iter().filter(|parameter| parameter["in"] == "path");
            let names: Vec<&str> = of_path.filter_map(|own| own["name"].as_str()).collect();
            let written = path.split('{').skip(1).filter_map(|part| part.split('}').next());
            assert_eq!(names, written.collect::<Vec<_>>(), "{path}");
        }
    }
}

#[test]
fn values_have_the_form_of_proto3_json() {
    let document = read();
    let schemas = &document["components"]["schemas"];
    let mall = &schemas["Mall"]["properties"];
    assert_eq!(mall["displayName"]["$ref"], "#/components/schemas/LocalizedText");
    assert_eq!(mall["createTime"]["format"], "date-time");
    assert_eq!(schemas["ListMallsResponse"]["properties"]["malls"]["type"], "array");
    assert_eq!(schemas["CreateMallResponse"]["properties"]["revision"]["format"], "int64");
    assert_eq!(schemas["CreateMallResponse"]["properties"]["revision"]["type"], "string");
    let change = &schemas["Change"]["properties"];
    assert_eq!(change["labels"]["additionalProperties"]["type"], "string");
    assert_eq!(change["document"]["required"][0], "@type");
    assert_eq!(schemas["WatchResponse"]["properties"]["resumeToken"]["contentEncoding"], "base64");
    let stages = schemas["MallStage"]["enum"].as_array().expect("an enum");
    assert!(stages.contains(&"STAGE_OPERATING".into()));
}

#[test]
fn what_a_comment_says_is_there_and_what_only_answers_hold_is_marked() {
    let document = read();
    let region = &document["components"]["schemas"]["Region"]["properties"];
    assert_eq!(region["successors"]["readOnly"], true);
    assert!(
        region["timeZone"]["description"].as_str().expect("a comment").contains("Asia/Jakarta")
    );
    assert!(region["timeZone"].get("readOnly").is_none());
    for tag in document["tags"].as_array().expect("tags") {
        assert_ne!(tag["description"], "", "{tag}");
    }
}

#[test]
fn no_message_takes_the_place_of_what_all_addresses_share() {
    let document = read();
    for name in shared::schema_names() {
        let shared = shared::components()["schemas"][&name].clone();
        assert_eq!(document["components"]["schemas"][&name], shared, "{name}");
    }
}

/// The parameters of an operation, by name.
fn parameters(path: &str, verb: &str) -> Vec<String> {
    let document = read();
    let all = document["paths"][path][verb]["parameters"].as_array().expect("parameters");
    let name = |own: &Value| {
        let name = own.get("name").or_else(|| own.get("$ref")).and_then(Value::as_str);
        name.and_then(|name| name.rsplit('/').next()).expect("a name").to_owned()
    };
    all.iter().map(name).collect()
}

#[test]
fn what_neither_path_nor_body_holds_is_a_parameter_of_the_query() {
    let search = parameters("/v1/services:search", "get");
    for name in ["query", "near.latitude", "onlyFree", "pageToken", "IfNoneMatch"] {
        assert!(search.iter().any(|own| own == name), "{name} in {search:?}");
    }
    let update = parameters("/v1/malls/{mall}", "patch");
    let expected = ["mall", "updateMask", "validateOnly", "requestId", "IfMatch", "IdempotencyKey"];
    assert!(expected.iter().all(|name| update.iter().any(|own| own == name)), "{update:?}");
    assert!(!parameters("/v1/malls", "post").contains(&"IfMatch".to_owned()));
    let book = "/v1/malls/{mall}/counters/{counter}/offerings/{offering}/slots/{slot}:book";
    let expected = ["mall", "counter", "offering", "slot", "IdempotencyKey", "AcceptLanguage"];
    assert_eq!(parameters(book, "post"), expected);
}

#[test]
fn a_body_holds_what_the_path_does_not_say() {
    let document = read();
    let book = "/v1/malls/{mall}/counters/{counter}/offerings/{offering}/slots/{slot}:book";
    let body = &document["paths"][book]["post"]["requestBody"]["content"]["application/json"];
    let fields = body["schema"]["properties"].as_object().expect("fields");
    assert_eq!(fields.keys().collect::<Vec<_>>(), ["applicantNik", "requestId"]);
}

#[test]
fn every_example_is_of_an_address_and_has_a_name_of_its_own() {
    let mut seen = HashSet::new();
    for example in examples() {
        assert!(example.route().is_some(), "{}", example.request);
        assert!(seen.insert(example.slug()), "{} is twice", example.slug());
    }
}
