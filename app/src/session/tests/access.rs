//! Access as a page meets it: told, changed, lost.

use super::*;
use crate::access::model::Asking;
use protocol::{
    Role,
    access::{AccessChange, AccessChanged, AccessTold, ChangeAccess},
};

fn private(role: Role) -> Access {
    Access {
        private: true,
        role,
        ..Access::default()
    }
}

fn told(role: Role) -> AccessTold {
    let access = private(role);
    AccessTold { room: sky(), access }
}

fn denied() -> Refusal {
    Refusal::new(Code::AccessDenied, "This room is private.")
}

fn joins(page: &Page) -> Vec<Join> {
    let joins = page.wishes().into_iter().filter_map(|wish| match wish {
        Wish::Join(join) => Some(join),
        _ => None,
    });
    joins.collect()
}

#[test]
fn who_only_looks_may_write_as_soon_as_an_owner_says_so() {
    let page = Page::opened();
    page.hears(News::Status(Status::Open));
    let access = private(Role::Viewer);
    page.hears(News::Joined(Ok(Box::new(Welcome { access, ..welcome(1) }))));
    assert!(!page.session.writes());
    page.happens(told(Role::Editor));
    assert!(page.session.writes());
    page.happens(AccessTold {
        room: "cellar".parse().unwrap(),
        access: private(Role::Viewer),
    });
    assert!(page.session.writes(), "another room is another matter");
}

#[test]
fn an_invitation_is_shown_until_it_has_let_me_in() {
    let page = Page::opened();
    let invite: InviteId = "0123456789abcdefghij-_".parse().unwrap();
    page.session.invite.set_value(Some(invite.clone()));
    page.hears(News::Status(Status::Open));
    page.hears(News::Status(Status::Open));
    let shown: Vec<_> = joins(&page).into_iter().map(|join| join.invite).collect();
    assert_eq!(
        shown,
        [Some(invite.clone()), Some(invite)],
        "a join that was not answered"
    );
    page.hears(News::Joined(Ok(Box::new(welcome(1)))));
    page.hears(News::Status(Status::Open));
    assert_eq!(joins(&page)[0].invite, None);
}

#[test]
fn a_change_stands_until_its_answer() {
    let page = Page::live();
    let asking = || page.session.asking.get_untracked();
    page.session.change_access(AccessChange::Private);
    assert_eq!(asking(), Asking::Asked);
    let change = AccessChange::Private;
    let (room, id) = (sky(), None);
    assert_eq!(page.wishes(), [Wish::ChangeAccess(ChangeAccess { room, change, id })]);
    page.hears(News::AccessChanged(Err(Refusal::new(
        Code::OwnerOnly,
        "Only an owner.",
    ))));
    assert_eq!(asking(), Asking::Refused("Only an owner.".to_owned()));
    page.session.change_access(AccessChange::Private);
    let (seq, invite) = (Seq(1), None);
    page.hears(News::AccessChanged(Ok(AccessChanged { seq, invite })));
    assert_eq!(asking(), Asking::Idle);
    page.session.change_access(AccessChange::Open);
    let after = Duration::from_secs(1);
    page.hears(News::Status(Status::Reconnecting {
        attempt: 1,
        after,
        why: None,
    }));
    assert_eq!(asking(), Asking::Idle, "what came of it, the next welcome tells");
}

#[test]
fn whoever_is_put_out_keeps_nothing_of_the_room() {
    let page = Page::live();
    page.session.dice.set_value(|| "1".parse().ok());
    page.session.edit_document_at("secret", None, 0.0).unwrap();
    page.happens(Refused {
        event: "room.join".to_owned(),
        error: denied(),
    });
    let session = page.session;
    assert_eq!(page.status(), Connection::Refused(denied()));
    assert_eq!(session.chat.with_untracked(|chat| chat.lines().len()), 0);
    assert_eq!(session.people.with_untracked(crate::presence::model::Model::count), 0);
    session.document.update_untracked(|document| {
        assert!(!document.is_open());
        let mut field = "secret".to_owned();
        document.show((0, 0), |splice| {
            field.replace_range(splice.from..splice.to, splice.text);
        });
        assert_eq!(field, "", "the field is emptied");
    });
    assert!(session.sky.with_value(|sky| sky.positions(1000.0).count() == 0));

    page.wishes();
    page.session.reconnect();
    page.hears(News::Status(Status::Open));
    assert_eq!(joins(&page)[0].resume, None, "there is nothing to go on from");
    page.hears(News::Joined(Ok(Box::new(welcome(2)))));
    assert_eq!(page.status(), Connection::Live);
    assert!(session.document.with_untracked(crate::document::model::Model::is_open));
}

#[test]
fn whoever_was_put_out_meanwhile_keeps_nothing_either() {
    let page = Page::live();
    page.hears(News::Status(Status::Open));
    page.hears(News::Joined(Err(denied())));
    assert_eq!(page.session.chat.with_untracked(|chat| chat.lines().len()), 0);
}
