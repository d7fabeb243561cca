use super::*;

fn values(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let template = Template::parse(template).expect("a template");
    let owned = |(field, value): (&str, String)| (field.to_owned(), value);
    template
        .fits(path)
        .then(|| template.values(path).expect("decodes").into_iter().map(owned).collect())
}

fn one(field: &str, value: &str) -> Option<Vec<(String, String)>> {
    Some(vec![(field.into(), value.into())])
}

#[test]
fn parts_of_a_path_are_fields_of_the_request() {
    let counters = "/v1/{parent=malls/*}/counters";
    assert_eq!(
        values(counters, "/v1/malls/banyuwangi/counters"),
        one("parent", "malls/banyuwangi")
    );
    assert_eq!(values(counters, "/v1/malls/a%20b/counters"), one("parent", "malls/a b"));
    for other in [
        "/v1/malls/a",
        "/v1/malls//counters",
        "/v1/malls/a/counters/b",
        "v1",
        "/",
        "",
        "/v1/malls/a/counters/",
        "/v1/malls/a/counters:x",
        "/v2/malls/a/counters",
    ] {
        assert_eq!(values(counters, other), None, "{other}");
    }
    assert_eq!(values("/v1/regions", "/v1/regions"), Some(Vec::new()));
}

#[test]
fn an_action_stands_after_the_last_part() {
    let accept = "/v1/{name=malls/*/counters/*/offerings/*}:accept";
    let name = "malls/a/counters/b/offerings/c";
    assert_eq!(values(accept, &format!("/v1/{name}:accept")), one("name", name));
    assert_eq!(values(accept, &format!("/v1/{name}")), None);
    assert_eq!(values(accept, &format!("/v1/{name}:refuse")), None);
    assert_eq!(values("/v1/services:search", "/v1/services:search"), Some(Vec::new()));
}

#[test]
fn an_id_cannot_smuggle_a_slash_in() {
    let template = Template::parse("/v1/{name=malls/*}").expect("a template");
    assert!(template.values("/v1/malls/a%2Fcounters%2Fb").is_err());
    assert!(template.values("/v1/malls/%FF").is_err());
}

#[test]
fn an_address_is_told_from_one_of_another_verb_and_from_none() {
    let get = find("GET", "/v1/malls/banyuwangi").expect("a path");
    assert!(matches!(get, RouteMatch::Method(route, _) if route.method.name() == "GetMall"));
    let put = find("PUT", "/v1/malls/banyuwangi").expect("a path");
    assert!(matches!(put, RouteMatch::OtherVerbs(verbs) if verbs == ["GET", "PATCH"]));
    assert!(matches!(find("GET", "/v1/shops"), Ok(RouteMatch::Nothing)));
}

#[test]
fn every_method_that_a_plain_request_can_call_has_an_address_of_its_own() {
    let mut seen = std::collections::HashSet::new();
    for route in all() {
        let address = format!("{} {}", route.verb, route.path);
        assert!(seen.insert(address.clone()), "{address} is twice");
        for variable in &route.path.variables {
            let first = variable.field.split('.').next().unwrap_or_default();
            let field = route.method.input().get_field_by_name(first);
            assert!(field.is_some(), "{address} names {}", variable.field);
        }
    }
    for method in POOL.services().flat_map(|service| service.methods().collect::<Vec<_>>()) {
        let routes = all().iter().filter(|route| route.method == method).count();
        let name = method.full_name();
        assert!(method.is_client_streaming() || routes > 0, "{name} lacks google.api.http");
    }
}

#[test]
fn openapi_names_each_part_that_varies() {
    let template = Template::parse("/v1/{name=malls/*/counters/*}:issueTicket").expect("one");
    assert_eq!(template.to_string(), "/v1/malls/{mall}/counters/{counter}:issueTicket");
    assert_eq!(template.parameters(), ["mall", "counter"]);
}
