//! Mails through Amazon SES.
//!
//! Decides only how a mail travels: header encoding, attachments, and which failures are the mail's
//! own. Everything that is wrong with the deployment (an unverified domain, a paused account, a
//! limit) counts as unavailable, so that the mail waits or is parked and none is lost.

use std::iter::once;

use async_trait::async_trait;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::{BuildError, SdkError};
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{
    Attachment as SesAttachment, AttachmentContentDisposition, Body, Content, Destination, EmailContent, Message,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::domain::address::Email;
use crate::domain::mail::{Attachment, Mail};
use crate::ports::{Mailer, SendError};

const CHARSET: &str = "UTF-8";
/// What fits into one encoded word of 75 characters: `=?UTF-8?B?` and `?=` leave 63, which is 45 bytes in base64.
const ENCODED_WORD_BYTES: usize = 45;

/// Sends mails from one address of a verified domain, under each business's name.
#[derive(Debug, Clone)]
pub struct SesMailer {
    client: Client,
    from: Email,
}

impl SesMailer {
    /// Sends from `from`, which SES must have verified.
    #[must_use]
    pub const fn new(client: Client, from: Email) -> Self {
        Self { client, from }
    }
}

#[async_trait]
impl Mailer for SesMailer {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let message = message(mail).map_err(|err| SendError::Refused(err.into()))?;
        self.client
            .send_email()
            .from_email_address(format!("{} <{}>", display_name(mail.from_name.as_str()), self.from))
            .destination(Destination::builder().to_addresses(mail.to.as_str()).build())
            .reply_to_addresses(mail.reply_to.as_str())
            .content(EmailContent::builder().simple(message).build())
            .send()
            .await
            .map(drop)
            .map_err(failed)
    }
}

fn message(mail: &Mail) -> Result<Message, BuildError> {
    let body = Body::builder().text(content(&mail.text)?).html(content(&mail.html)?).build();
    let attachments = mail.attachments.iter().map(attachment).collect::<Result<Vec<_>, _>>()?;
    let attachments = (!attachments.is_empty()).then_some(attachments);
    Ok(Message::builder().subject(content(mail.subject.as_str())?).body(body).set_attachments(attachments).build())
}

fn content(text: &str) -> Result<Content, BuildError> {
    Content::builder().data(text).charset(CHARSET).build()
}

fn attachment(file: &Attachment) -> Result<SesAttachment, BuildError> {
    SesAttachment::builder()
        .file_name(&file.name)
        .content_type(&file.mime)
        .content_disposition(AttachmentContentDisposition::Attachment)
        .raw_content(Blob::new(file.bytes.clone()))
        .build()
}

/// `name` as a display name in a header: quoted when ASCII, else as encoded words (RFC 2047), which
/// SES asks for and which cannot be read as addresses.
fn display_name(name: &str) -> String {
    if name.bytes().all(|b| (b' '..=b'~').contains(&b)) {
        return format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""));
    }
    let mut words = vec![String::new()];
    for c in name.chars() {
        match words.last_mut() {
            Some(word) if word.len() + c.len_utf8() <= ENCODED_WORD_BYTES => word.push(c),
            _ => words.push(once(c).collect()),
        }
    }
    words.iter().map(|word| format!("=?UTF-8?B?{}?=", STANDARD.encode(word))).collect::<Vec<_>>().join(" ")
}

fn failed(err: SdkError<SendEmailError>) -> SendError {
    let is_the_mails_own = match &err {
        SdkError::ConstructionFailure(_) => true,
        _ => err.as_service_error().is_some_and(|err| err.is_message_rejected() || err.is_bad_request_exception()),
    };
    if is_the_mails_own { SendError::Refused(err.into()) } else { SendError::Unavailable(err.into()) }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sesv2::operation::send_email::SendEmailOutput;
    use aws_sdk_sesv2::types::error::{
        BadRequestException, MessageRejected, SendingPausedException, TooManyRequestsException,
    };
    use aws_smithy_mocks::{Rule, mock};

    use super::*;
    use crate::adapters::mocked;
    use crate::domain::text::Line;

    fn mailer(rule: &Rule) -> SesMailer {
        SesMailer::new(mocked!(aws_sdk_sesv2, [rule]), "desk@frontdesk.test".parse().unwrap())
    }

    fn mail(from_name: &str) -> Mail {
        Mail {
            to: "ann@x.test".parse().unwrap(),
            from_name: Line::new(from_name).unwrap(),
            reply_to: "owner@studio.test".parse().unwrap(),
            subject: Line::new("Bestätigt: Porträt").unwrap(),
            html: "<p>Hi</p>".into(),
            text: "Hi".into(),
            attachments: vec![Attachment {
                name: "booking.ics".into(),
                mime: "text/calendar; method=REQUEST; charset=utf-8".into(),
                bytes: b"BEGIN:VCALENDAR".to_vec(),
            }],
        }
    }

    #[tokio::test]
    async fn a_mail_arrives_with_both_parts_its_file_and_the_business_as_sender() {
        let rule = mock!(Client::send_email)
            .match_requests(|sent| {
                let message = sent.content().and_then(EmailContent::simple).unwrap();
                let body = message.body().unwrap();
                let file = &message.attachments()[0];
                assert_eq!(sent.from_email_address(), Some("\"Studio \\\"North\\\"\" <desk@frontdesk.test>"));
                assert_eq!(sent.destination().unwrap().to_addresses(), ["ann@x.test"]);
                assert_eq!(sent.reply_to_addresses(), ["owner@studio.test"]);
                assert_eq!(message.subject().unwrap().data(), "Bestätigt: Porträt");
                assert_eq!(message.subject().unwrap().charset(), Some("UTF-8"));
                assert_eq!((body.text().unwrap().data(), body.html().unwrap().data()), ("Hi", "<p>Hi</p>"));
                assert_eq!(file.file_name(), "booking.ics");
                assert_eq!(file.content_type(), Some("text/calendar; method=REQUEST; charset=utf-8"));
                assert_eq!(file.raw_content().as_ref(), b"BEGIN:VCALENDAR");
                true
            })
            .then_output(|| SendEmailOutput::builder().message_id("m-1").build());
        mailer(&rule).send(&mail("Studio \"North\"")).await.unwrap();
        assert_eq!(rule.num_calls(), 1);
    }

    #[tokio::test]
    async fn only_the_mails_own_faults_are_final() {
        let rejected = || SendEmailError::MessageRejected(MessageRejected::builder().build());
        let malformed = || SendEmailError::BadRequestException(BadRequestException::builder().build());
        let throttled = || SendEmailError::TooManyRequestsException(TooManyRequestsException::builder().build());
        let paused = || SendEmailError::SendingPausedException(SendingPausedException::builder().build());
        for (rule, is_final) in [
            (mock!(Client::send_email).then_error(rejected), true),
            (mock!(Client::send_email).then_error(malformed), true),
            (mock!(Client::send_email).then_error(throttled), false),
            (mock!(Client::send_email).then_error(paused), false),
        ] {
            let err = mailer(&rule).send(&mail("Studio")).await.unwrap_err();
            assert_eq!(matches!(err, SendError::Refused(_)), is_final, "{err:?}");
        }
    }

    #[test]
    fn a_display_name_is_never_more_than_a_name() {
        for (name, header) in [
            ("Studio North", "\"Studio North\""),
            ("A \"B\" <evil@x.test>, C\\", "\"A \\\"B\\\" <evil@x.test>, C\\\\\""),
            ("Café", "=?UTF-8?B?Q2Fmw6k=?="),
        ] {
            assert_eq!(display_name(name), header);
        }
    }

    #[test]
    fn a_long_foreign_name_is_cut_between_characters_into_short_words() {
        let name = "写真館".repeat(30);
        let header = display_name(&name);
        let words: Vec<&str> = header.split(' ').collect();
        assert!(words.iter().all(|word| word.len() <= 75), "{header}");
        let decoded = words.iter().map(|word| {
            let base64 = word.strip_prefix("=?UTF-8?B?").and_then(|word| word.strip_suffix("?=")).unwrap();
            String::from_utf8(STANDARD.decode(base64).unwrap()).unwrap()
        });
        assert_eq!(decoded.collect::<String>(), name);
    }
}
