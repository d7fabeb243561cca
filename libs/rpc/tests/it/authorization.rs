//! The table, cell by cell, against `authorization.tsv`, which is written by hand.

use std::collections::BTreeMap;

use mpp_core::Role;
use mpp_rpc::{Scope, authz};
use prost::Message as _;
use prost_types::FileDescriptorSet;
use tonic::{Code, Status, service::Routes};

use crate::setup::{Desk, Issuer, framed, serve};

const EXPECTED: &str = include_str!("authorization.tsv");

/// Expected scope by method and role.
fn expected() -> BTreeMap<String, Vec<(Role, Option<Scope>)>> {
    let mut lines = EXPECTED.lines();
    let roles: Vec<Role> = lines
        .next()
        .expect("a head")
        .split('\t')
        .skip(1)
        .map(|role| role.parse().expect("a role"))
        .collect();
    assert_eq!(roles, Role::ALL, "a column for every role");
    lines
        .map(|line| {
            let mut cells = line.split('\t');
            let method = cells.next().expect("a method").to_owned();
            let scopes: Vec<_> = cells.map(scope).collect();
            assert_eq!(scopes.len(), roles.len(), "{method}");
            (method, roles.iter().copied().zip(scopes).collect())
        })
        .collect()
}

fn scope(cell: &str) -> Option<Scope> {
    match cell {
        "any" => Some(Scope::Any),
        "own" => Some(Scope::Own),
        "-" => None,
        _ => panic!("a cell is any, own or -, not '{cell}'"),
    }
}

fn methods() -> Vec<String> {
    let files = FileDescriptorSet::decode(mpp_api::DESCRIPTORS).expect("descriptors").file;
    let mut methods = Vec::new();
    for file in &files {
        for service in &file.service {
            for method in &service.method {
                methods.push(format!("{}.{}/{}", file.package(), service.name(), method.name()));
            }
        }
    }
    methods
}

#[test]
fn every_cell_of_the_table_is_as_it_was_decided() {
    let expected = expected();
    for method in methods() {
        let line = expected.get(&method).unwrap_or_else(|| panic!("{method} lacks a line"));
        for (role, scope) in line {
            let path = format!("/{method}");
            assert_eq!(authz::scope(&path, *role), *scope, "{method} for {}", role.as_str());
        }
    }
    assert_eq!(expected.len(), methods().len(), "lines for methods that are gone");
}

#[tokio::test]
async fn the_server_refuses_just_the_cells_that_are_not_allowed() {
    let server = serve(Issuer::new(), Desk::default(), Routes::default(), |_| {}).await;
    for (method, line) in expected() {
        for (role, scope) in line {
            let token = format!("Bearer {}", server.issuer.token(role, &[]));
            let headers = [("authorization", token.as_str())];
            let answer = server.raw(&format!("/{method}"), &headers, framed(&[])).await;
            let code = Status::from_header_map(&answer).expect("a status").code();
            // There is no service behind the layer, so that a call that passes finds nothing.
            let due = if scope.is_some() { Code::Unimplemented } else { Code::PermissionDenied };
            assert_eq!(code, due, "{method} for {}", role.as_str());
        }
    }
}

#[tokio::test]
async fn a_token_without_roles_may_nothing() {
    let server = serve(Issuer::new(), Desk::default(), Routes::default(), |_| {}).await;
    let nobody = mpp_core::Caller {
        subject: "users/new".into(),
        roles: Vec::new(),
        namespaces: vec!["malls".into()],
    };
    let day = std::time::Duration::from_secs(86_400);
    let now = server.issuer.clock.now();
    let token = mpp_rpc::jwt::mint(&server.issuer.key, &nobody, day, now);
    for method in methods() {
        let headers = [("authorization", format!("Bearer {token}"))];
        let headers = [(headers[0].0, headers[0].1.as_str())];
        let answer = server.raw(&format!("/{method}"), &headers, framed(&[])).await;
        let code = Status::from_header_map(&answer).expect("a status").code();
        assert_eq!(code, Code::PermissionDenied, "{method}");
    }
}
