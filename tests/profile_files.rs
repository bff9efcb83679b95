//! Photos, attachments and archives of employees.

use kaoqin::identity::ScopeChoice;
use kaoqin::profiles;
use reqwest::Method;
use serde_json::{Value, json};

use crate::both;
use crate::people::group;
use crate::rules_http::signed_in;
use crate::shifts::register_concern;
use crate::support::World;
use crate::support::api::Api;

/// The smallest beginnings that say what a file is.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
const PDF: &[u8] = b"%PDF-1.7\n1 0 obj << >> endobj\n";

async fn hr(world: &World) -> Api {
    register_concern();
    group(&world.app).await;
    let api = signed_in(world, "hr", None).await;
    for number in ["E1", "E2"] {
        let body =
            json!({ "number": number, "name": "李娜", "hired_on": "2026-01-05", "org_code": "A1" });
        api.post("/persons", body).await.ok();
    }
    api
}

async fn attach(api: &Api, query: &str, bytes: &[u8]) -> crate::support::api::Answer {
    api.send_file(Method::POST, &format!("/persons/1/attachments?{query}"), bytes.to_vec()).await
}

both!(what_a_file_is_its_bytes_say_and_not_its_name, |world| async move {
    let api = hr(&world).await;
    let made = attach(&api, "kind=contract&name=合同.pdf&dated_on=2026-01-05", PDF).await.ok();
    assert_eq!(
        (&made["media"], &made["dated_on"]),
        (&json!("application/pdf"), &json!("2026-01-05"))
    );
    for bytes in [&b"<html><script>alert(1)</script>"[..], b"MZ\x90\0", b"", b"#!/bin/sh\n"] {
        let refused = attach(&api, "kind=other&name=photo.png", bytes).await;
        assert_eq!((refused.status, refused.code()), (422, "media_refused"));
    }
    let name = attach(&api, "kind=other&name=..%2Fx.pdf", PDF).await;
    assert_eq!(name.code(), "file_name_invalid");
    let mut large = PDF.to_vec();
    large.resize(profiles::MAX_ATTACHMENT + 1, 0);
    let refused = attach(&api, "kind=other&name=x.pdf", &large).await;
    assert_eq!((refused.status, refused.code()), (422, "file_too_large"));

    let path = format!("/persons/1/attachments/{}", made["id"].as_str().unwrap());
    let (headers, bytes) = api.get_file(&path).await;
    assert_eq!(bytes, PDF);
    let disposition = headers["content-disposition"].to_str().unwrap();
    assert_eq!(disposition, "attachment; filename*=UTF-8''%E5%90%88%E5%90%8C.pdf");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["content-type"], "application/pdf");

    api.delete(&path).await.ok();
    let gone = api.get(&path).await;
    assert_eq!((gone.status, gone.code()), (404, "attachment_not_found"));
    assert_eq!(world.number("SELECT COUNT(*) FROM blob_waste").await, 0, "the bytes are gone");
});

both!(a_photo_is_an_image_that_replaces_the_one_before, |world| async move {
    let api = hr(&world).await;
    let put = |bytes: Vec<u8>| api.send_file(Method::PUT, "/persons/1/photo", bytes);
    assert_eq!(put(PDF.to_vec()).await.code(), "not_an_image");
    let mut large = PNG.to_vec();
    large.resize(profiles::MAX_PHOTO + 1, 0);
    assert_eq!(put(large).await.code(), "file_too_large");
    put(PNG.to_vec()).await.ok();
    let mut other = PNG.to_vec();
    other.push(7);
    put(other.clone()).await.ok();
    let (headers, bytes) = api.get_file("/persons/1/photo").await;
    assert_eq!(bytes, other);
    assert!(headers["content-disposition"].to_str().unwrap().starts_with("inline"));
    assert_eq!(world.number("SELECT COUNT(*) FROM person_attachment").await, 1);
    assert_eq!(world.number("SELECT COUNT(*) FROM audit WHERE operation = 'reveal'").await, 1);
    let boss = world.user(&api, "manager", None, ScopeChoice::All).await;
    let refused = boss.get("/persons/1/photo").await;
    assert_eq!((refused.status, refused.code()), (403, "permission_missing"));
    let listed = boss.get("/persons/1/attachments").await.ok();
    assert_eq!(listed["items"], json!([]));
    api.delete("/persons/1/photo").await.ok();
    assert_eq!(api.get("/persons/1/photo").await.code(), "attachment_not_found");
});

both!(medical_papers_are_for_those_who_may_see_them, |world| async move {
    let api = hr(&world).await;
    let refused = attach(&api, "kind=medical&name=a.pdf", PDF).await;
    assert_eq!((refused.status, refused.code()), (403, "permission_missing"));
    let admin = world.user(&api, "admin", None, ScopeChoice::All).await;
    attach(&admin, "kind=medical&name=a.pdf", PDF).await.ok();
    assert_eq!(api.get("/persons/1/attachments").await.ok()["items"], json!([]));
    assert_eq!(admin.get("/persons/1/attachments").await.ok()["items"][0]["kind"], "medical");
});

both!(bytes_that_nobody_points_at_are_swept_after_an_hour, |world| async move {
    let api = hr(&world).await;
    let app = &world.app;
    attach(&api, "kind=other&name=a.pdf", PDF).await.ok();
    let insert = "INSERT INTO blob_waste (blob, at) VALUES ('person/1/lost', $1)";
    app.blobs.put("person/1/lost", bytes::Bytes::from_static(b"lost")).await.unwrap();
    let tx = app.db.begin().await.unwrap();
    kaoqin::base::Query::run(&tx, insert, vec![app.clock.now().into()]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(profiles::sweep(app).await.unwrap(), 0, "an upload may still be under way");
    app.clock.step_seconds(3_601);
    assert_eq!(profiles::sweep(app).await.unwrap(), 1);
    assert!(app.blobs.get("person/1/lost").await.unwrap().is_none());
    assert_eq!(world.number("SELECT COUNT(*) FROM person_attachment").await, 1);
});

both!(archives_are_lists_with_dates_and_remarks, |world| async move {
    let api = hr(&world).await;
    let path = "/persons/1/archives";
    let entry = |kind: &str, values: Value| {
        json!({ "kind": kind, "values": values, "valid_from": "2013-09-01", "valid_to": "2017-06-30",
            "remarks": "全日制" })
    };
    let school = entry("education", json!({ "education": "本科", "school": "滨海大学" }));
    let made = api.post(path, school.clone()).await.ok();
    assert_eq!((&made["values"]["education"], &made["version"]), (&json!("bachelor"), &json!(1)));
    let passport = json!({ "paper": "护照", "number": "E12345678" });
    let made = api.post(path, entry("identity", passport)).await.ok();
    assert_eq!(
        (&made["values"]["paper"], &made["masked"]),
        (&json!("passport"), &json!(["number"]))
    );
    assert_eq!(
        world.number("SELECT COUNT(*) FROM person_archive WHERE body LIKE '%E1234%'").await,
        0
    );
    for (bad, code) in [
        (entry("education", json!({ "number": "1" })), "field_unknown"),
        (entry("education", json!({})), "archive_empty"),
        (entry("household", json!({ "household_type": "海上" })), "field_invalid"),
    ] {
        assert_eq!(api.post(path, bad).await.code(), code);
    }
    let mut turned = school.clone();
    turned["valid_to"] = json!("2010-01-01");
    assert_eq!(api.post(path, turned).await.code(), "span_invalid");
    let clear = api.get("/persons/1/archives?reveal=id_number").await.ok();
    assert_eq!(clear["items"][1]["values"]["number"], "E12345678");

    let mut changed = school;
    changed["version"] = json!(1);
    changed["remarks"] = json!("");
    let one = format!("{path}/1");
    assert_eq!(api.put(&one, changed.clone()).await.ok()["version"], 2);
    let stale = api.put(&one, changed).await;
    assert_eq!((stale.status, stale.code()), (409, "version_conflict"));
    assert_eq!(api.delete("/persons/2/archives/1").await.code(), "archive_not_found");
    api.delete(&one).await.ok();
    assert_eq!(api.get(path).await.ok()["items"].as_array().unwrap().len(), 1);
});
