//! The forms before a workbook is read: who publishes what, and which file.

use std::sync::Arc;

use maud::html;

use super::{PageSection, Signed, UploadView, form};
use crate::{components::Look, words::table as words};

/// The form in which a visitor says who publishes what.
pub fn form_of_token(look: Look, desk: &UploadView) -> Arc<PageSection> {
    let minutes = look.number(i64::try_from(desk.lasts / 60).unwrap_or(i64::MAX));
    PageSection::new(
        "sign-in",
        html! {
            section #sign-in aria-labelledby="sign-in-title" {
                h2 #sign-in-title { (look.of(words::UPLOAD_SIGN_IN)) }
                p.help { (words::UPLOAD_SIGN_IN_HELP.text(look.lang, &[&minutes])) }
                form.stacked action=(look.path("/unggah/masuk")) method="post" {
                    label for="sumber" { (look.of(words::UPLOAD_SOURCE)) }
                    input.field #sumber name="sumber" required maxlength="100" autocomplete="off"
                        aria-describedby="sumber-help";
                    p.help #sumber-help { (look.of(words::UPLOAD_SOURCE_HELP)) }
                    label for="token" { (look.of(words::UPLOAD_TOKEN)) }
                    input.field #token name="token" type="password" required maxlength="8000"
                        autocomplete="off";
                    button.button type="submit" { (look.of(words::UPLOAD_ENTER)) }
                }
            }
        },
    )
}

/// The form in which the file is chosen.
pub fn file(look: Look, desk: &UploadView, signed: &Signed) -> Arc<PageSection> {
    let most = look.number(i64::try_from(desk.limit / 1024).unwrap_or(i64::MAX));
    PageSection::new(
        "file",
        html! {
            section #file aria-labelledby="file-title" {
                h2 #file-title { (look.of(words::UPLOAD_FILE)) }
                p { (words::UPLOAD_FOR.say(look.lang, &[&html! { code { (signed.source) } }])) }
                form.stacked action=(look.path("/unggah/berkas")) method="post"
                    enctype="multipart/form-data" {
                    input type="hidden" name="kunci" value=(signed.key);
                    label for="berkas" { (look.of(words::UPLOAD_FILE_LABEL)) }
                    input.field #berkas name="berkas" type="file" required accept=".xlsx"
                        aria-describedby="berkas-help";
                    p.help #berkas-help { (words::UPLOAD_FILE_HELP.text(look.lang, &[&most])) }
                    button.button type="submit" { (look.of(words::UPLOAD_LOOK)) }
                }
            }
        },
    )
}

/// The way out.
pub fn leave(look: Look, signed: &Signed) -> Arc<PageSection> {
    let button = html! {
        button.button.second type="submit" { (look.of(words::UPLOAD_LEAVE)) }
    };
    PageSection::new(
        "leave",
        html! {
            section #leave aria-labelledby="leave-title" {
                h2 #leave-title { (look.of(words::UPLOAD_LEAVE)) }
                (form(look, signed, "/unggah/keluar", &button))
            }
        },
    )
}
