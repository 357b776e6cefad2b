//! What strangers write stays text in every mail, and leads nowhere.

use super::*;

#[test]
fn what_people_write_is_inert() {
    let mut tenant = tenant();
    tenant.name = Line::new("<b onmouseover=alert(1)>\"Studio' & Söhne</b>").unwrap();
    tenant.contact.website = Note::new("javascript:alert(1)").unwrap();
    tenant.contact.address = Note::new("<img src=x onerror=alert(1)>\nBcc: all@x.test").unwrap();
    let mut about = booking();
    about.package_name = Line::new("\"><svg/onload=alert(1)>\r\nBcc: victim@x.test").unwrap();
    about.customer.name = Line::new("\u{202e}<script>alert(1)</script>\u{200b}{{ 7*191 }}").unwrap();
    about.customer.email = "a'onclick=x&b@example.test".parse().unwrap();
    about.notes = Note::new("</td></table><form action=https://evil.test>\n-- \nPay now:\nhttps://evil.test").unwrap();
    for kind in EVERY_KIND {
        for reader in [Reader::Customer, Reader::Owner] {
            let Some(mail) = write_for(&tenant, kind, reader, &about) else { continue };
            for tag in ["<script", "<svg", "<img", "<form", "<b ", "</b>", "javascript:alert(1)\"", "'onclick"] {
                assert!(!mail.html.contains(tag), "{kind:?} {reader:?}: {tag}");
            }
            for part in [&mail.html, &mail.text, &mail.subject.as_str().to_owned()] {
                assert!(!part.contains(crate::domain::text::is_invisible), "{kind:?} {reader:?}");
                assert!(!part.contains("1337"), "nothing in a name is evaluated");
            }
            assert!(!mail.subject.as_str().contains(['\r', '\n']) && !mail.from_name.as_str().contains(['\r', '\n']));
            if reader == Reader::Customer {
                assert!(!mail.text.contains("evil.test") && !mail.html.contains("evil.test"), "notes stay inside");
            } else {
                assert!(mail.text.contains("\n> https://evil.test\n"), "notes are quoted line by line");
            }
        }
    }
}

#[test]
fn nobody_can_have_a_link_mailed_to_a_stranger_by_calling_themselves_one() {
    for bait in [
        "Win at evil.test",
        "https://evil.test",
        "evil.test/x",
        "Ann www.evil.example now",
        "see evil.co",
        "a@evil.test",
        "click:here",
    ] {
        let mut about = booking();
        about.customer.name = Line::new(bait).unwrap();
        for kind in EVERY_KIND {
            let Some(mail) = write(kind, Reader::Customer, &about) else { continue };
            let files: String = mail.attachments.iter().map(|file| String::from_utf8_lossy(&file.bytes)).collect();
            for part in [mail.subject.as_str(), &mail.text, &mail.html, &files] {
                assert!(!part.contains(bait), "{kind:?} {bait}");
            }
            assert!(mail.text.contains("Hello,\n"));
        }
    }
    for name in ["Ann Lee", "Dr. A. B. Smith Jr.", "J.R.R. Tolkien", "O'Neill", "María José", "李小龍"] {
        let mut about = booking();
        about.customer.name = Line::new(name).unwrap();
        let mail = write(BookingMail::Confirmed, Reader::Customer, &about).unwrap();
        assert!(mail.text.contains(&format!("Hello {name},\n")), "{name}");
    }
}
