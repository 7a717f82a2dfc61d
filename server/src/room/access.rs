//! Access to a room: who may do what, as the log of its changes says. Lane: log.
//!
//! A room in whose log nothing stands is open. What a token grants is not written here: it comes with each connection.

use super::{
    book::{self, Book},
    command::Reply,
    outbox::Outbox,
};
use crate::store::{Entry, Loaded, LogError, Snapshot, Topic};
use protocol::{
    Access, Code, InviteId, MessageId, Millis, Name, Position, Refusal, Role, RoomId, Seq, UserId,
    access::{AccessChange, AccessChanged, Invite, Member},
    limits::{ACCESS_INVITES, ACCESS_MEMBERS, INVITE_SECONDS},
};
use serde::{Deserialize, Serialize};
use std::{sync::Arc, time::Duration};

/// Access to one room.
#[derive(Clone, Debug)]
pub struct Gate {
    position: Position,
    /// `None` while the room is open.
    private: Option<Private>,
    /// Whether it has changed since that was last asked.
    changed: bool,
}

/// What is to be had again should the store lose it.
#[derive(Clone, Debug)]
pub struct Restore {
    /// In whose name it is written.
    pub owner: UserId,
    /// Under which id: the same for all who notice, so that it is written once.
    pub id: MessageId,
    /// What.
    pub private: Private,
}

/// Who may enter a private room.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Private {
    members: Vec<Member>,
    invites: Vec<Invite>,
}

/// Who wants something, and with what right beside that of the log.
#[derive(Clone, Debug)]
pub struct Asker {
    /// Who.
    pub user: UserId,
    /// What they are called.
    pub name: Name,
    /// The role that their token grants.
    pub granted: Option<Role>,
}

/// What somebody wants of a gate.
#[derive(Clone, Debug)]
pub enum Wish {
    /// To change it. Where that makes an invitation, it gets this id; who is given a role is called so.
    Change(Asker, AccessChange, InviteId, Option<Name>),
    /// To come in by an invitation.
    Take(Asker, InviteId),
    /// To have again what the store has lost.
    Restore(Private),
}

/// What stands in the log.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Written {
    Private(Member),
    Open,
    Given(Member),
    Taken(UserId),
    Invited(Invite),
    Withdrawn(InviteId),
    Restored(Private),
}

impl Gate {
    /// What somebody may do, whose token grants this; `None` where they may not come in. `open`: whether rooms are open to
    /// everybody unless they are made private.
    #[must_use]
    pub fn role(&self, user: &UserId, granted: Option<Role>, open: bool) -> Option<Role> {
        match &self.private {
            // A claim that names the room is exact where the room itself says nothing.
            None => granted.or(open.then_some(Role::Editor)),
            Some(private) => private.role(user).max(granted),
        }
    }

    /// Whether somebody was given a role.
    #[must_use]
    pub fn has_member(&self, user: &UserId) -> bool {
        self.private
            .as_ref()
            .is_some_and(|private| private.role(user).is_some())
    }

    /// The role that an invitation brings, if it holds.
    #[must_use]
    pub fn invited(&self, invite: &InviteId, now: Millis) -> Option<Role> {
        let invites = self.private.iter().flat_map(|private| &private.invites);
        let mut held = invites.filter(|known| holds(known, now));
        held.find(|known| known.id == *invite).map(|known| known.role)
    }

    /// Whether the room is private.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.private.is_some()
    }

    /// What somebody with this role is told.
    #[must_use]
    pub fn told(&self, role: Role, now: Millis) -> Access {
        let owned = self.private.as_ref().filter(|_| role == Role::Owner);
        let holding = |private: &Private| private.invites.iter().filter(|one| holds(one, now)).cloned().collect();
        Access {
            private: self.is_private(),
            role,
            members: owned.map(|private| private.members.clone()),
            invites: owned.map(holding),
        }
    }

    /// What is to be had again should the store lose it; nothing, where the room is open.
    #[must_use]
    pub fn to_restore(&self) -> Option<Restore> {
        let private = self.private.clone()?;
        let owner = private.members.iter().find(|member| member.role == Role::Owner)?;
        Some(Restore {
            owner: owner.user_id.clone(),
            id: format!("restored-{}-{}", self.position.epoch, self.position.seq)
                .parse()
                .ok()?,
            private,
        })
    }

    /// Holds what is about to be written anew.
    pub fn stay(&mut self, restore: &Restore) {
        self.private = Some(restore.private.clone());
        self.changed = true;
    }

    /// Whether it has changed since this was last asked.
    pub fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    fn change(
        &self,
        asker: &Asker,
        change: &AccessChange,
        id: &InviteId,
        name: Option<&Name>,
        at: Millis,
    ) -> Result<Written, Refusal> {
        let Some(private) = &self.private else {
            return match change {
                AccessChange::Private if self.role(&asker.user, asker.granted, true) >= Some(Role::Editor) => {
                    Ok(Written::Private(asker.member(Role::Owner)))
                }
                AccessChange::Private => Err(read_only()),
                _ => Err(Refusal::new(
                    Code::OwnerOnly,
                    "This room is open: make it private first.",
                )),
            };
        };
        if self.role(&asker.user, asker.granted, true) != Some(Role::Owner) {
            return Err(owner_only());
        }
        match change {
            AccessChange::Private => Err(Refusal::new(Code::OwnerOnly, "This room is private already.")),
            AccessChange::Open => Ok(Written::Open),
            AccessChange::Role { user, role } => private.give(user, *role, name),
            AccessChange::Invite { role, ttl_seconds } => private.invite(*role, *ttl_seconds, id, at),
            AccessChange::Withdraw { invite } => {
                let known = private.invites.iter().any(|known| known.id == *invite);
                known
                    .then(|| Written::Withdrawn(invite.clone()))
                    .ok_or_else(invite_invalid)
            }
        }
    }

    fn apply(&mut self, entry: &Entry) {
        self.position.seq = entry.seq;
        let Some(written) = book::read::<Written>(Topic::Access, entry) else {
            return;
        };
        let private = self.private.get_or_insert_default();
        match written {
            Written::Private(owner) => private.set(owner),
            Written::Given(member) => private.set(member),
            Written::Taken(user) => private.members.retain(|member| member.user_id != user),
            Written::Invited(invite) => private.invites.push(invite),
            Written::Withdrawn(invite) => private.invites.retain(|known| known.id != invite),
            Written::Restored(restored) => *private = restored,
            Written::Open => self.private = None,
        }
    }
}

impl Asker {
    fn member(&self, role: Role) -> Member {
        Member {
            user_id: self.user.clone(),
            name: self.name.clone(),
            role,
        }
    }
}

impl Private {
    fn role(&self, user: &UserId) -> Option<Role> {
        let member = self.members.iter().find(|member| member.user_id == *user);
        member.map(|member| member.role)
    }

    fn set(&mut self, member: Member) {
        match self.members.iter_mut().find(|known| known.user_id == member.user_id) {
            Some(known) => *known = member,
            None => self.members.push(member),
        }
    }

    fn give(&self, user: &UserId, role: Option<Role>, name: Option<&Name>) -> Result<Written, Refusal> {
        let known = self.members.iter().find(|member| member.user_id == *user);
        let owners = self.members.iter().filter(|member| member.role == Role::Owner).count();
        let last = known.is_some_and(|known| known.role == Role::Owner) && owners == 1;
        if last && role != Some(Role::Owner) {
            return Err(Refusal::new(Code::OwnerOnly, "A private room has one owner at least."));
        }
        match (role, known.map(|known| &known.name).or(name)) {
            (None, _) if known.is_none() => Err(stranger()),
            (None, _) => Ok(Written::Taken(user.clone())),
            (Some(_), None) => Err(stranger()),
            (Some(_), _) if known.is_none() && self.members.len() >= ACCESS_MEMBERS => Err(full()),
            (Some(role), Some(name)) => Ok(Written::Given(Member {
                user_id: user.clone(),
                name: name.clone(),
                role,
            })),
        }
    }

    fn invite(&self, role: Role, ttl: Option<u32>, id: &InviteId, at: Millis) -> Result<Written, Refusal> {
        if role == Role::Owner || ttl.is_some_and(|seconds| !(60..=INVITE_SECONDS).contains(&seconds)) {
            let rule = format!(
                "An invitation is for viewers or editors, and for 60 to {INVITE_SECONDS} seconds or without end."
            );
            return Err(Refusal::new(Code::Malformed, rule));
        }
        if self.invites.iter().filter(|invite| holds(invite, at)).count() >= ACCESS_INVITES {
            return Err(full());
        }
        let until = ttl.map(|seconds| at + Duration::from_secs(seconds.into()));
        Ok(Written::Invited(Invite {
            id: id.clone(),
            role,
            until,
        }))
    }
}

impl Book for Gate {
    type Wish = Wish;

    const TOPIC: Topic = Topic::Access;

    const SNAPSHOT: u64 = 50;

    fn open(_: RoomId, loaded: &Loaded) -> Result<Self, LogError> {
        let Position { epoch, .. } = loaded.end;
        let (private, seq) = match &loaded.snapshot {
            Some(Snapshot { seq, body }) => (read(body)?, *seq),
            None => (None, Seq(0)),
        };
        let mut gate = Self {
            position: Position { epoch, seq },
            private,
            changed: false,
        };
        loaded.entries.iter().for_each(|entry| gate.apply(entry));
        Ok(gate)
    }

    fn compose(&self, wish: &Wish, at: Millis) -> Result<Arc<str>, Refusal> {
        let written = match wish {
            Wish::Change(asker, change, id, name) => self.change(asker, change, id, name.as_ref(), at)?,
            Wish::Take(asker, invite) => {
                let invited = self.invited(invite, at).ok_or_else(invite_invalid)?;
                let known = self.private.as_ref().and_then(|private| private.role(&asker.user));
                // No invitation takes anything away.
                let role = known.map_or(invited, |known| known.max(invited));
                let members = self.private.as_ref().map_or(0, |private| private.members.len());
                if known.is_none() && members >= ACCESS_MEMBERS {
                    return Err(full());
                }
                Written::Given(asker.member(role))
            }
            Wish::Restore(private) => Written::Restored(private.clone()),
        };
        book::body(&written)
    }

    fn position(&self) -> Position {
        self.position
    }

    /// Who hears of it, and what, depends on who they are: the room tells each.
    fn take(&mut self, entry: &Entry, _: &mut Outbox) {
        self.apply(entry);
        self.changed = true;
    }

    fn reply(&self, entry: &Entry) -> Reply {
        let invite = match book::read(Topic::Access, entry) {
            Some(Written::Invited(invite)) => Some(invite),
            _ => None,
        };
        Reply::AccessChanged(AccessChanged { seq: entry.seq, invite })
    }

    fn snapshot(&self) -> Option<Arc<str>> {
        book::body(&self.private).ok()
    }
}

fn holds(invite: &Invite, now: Millis) -> bool {
    invite.until.is_none_or(|until| now < until)
}

fn read(body: &str) -> Result<Option<Private>, LogError> {
    serde_json::from_str(body).map_err(|error| LogError::Damaged(error.to_string()))
}

/// The refusal of whoever has no role in a private room. It says the same of each.
#[must_use]
pub fn denied() -> Refusal {
    Refusal::new(
        Code::AccessDenied,
        "This room is private: ask one of its owners for an invitation.",
    )
}

/// The refusal of a viewer who writes.
#[must_use]
pub fn read_only() -> Refusal {
    Refusal::new(Code::ReadOnly, "You can look and point; writing is for editors.")
}

/// The refusal of an invitation that does not hold, be it unknown, withdrawn or over.
#[must_use]
pub fn invite_invalid() -> Refusal {
    Refusal::new(
        Code::InviteInvalid,
        "This invitation has ended, or there never was one.",
    )
}

/// The refusal of whoever decides as if they were an owner.
#[must_use]
pub fn owner_only() -> Refusal {
    Refusal::new(Code::OwnerOnly, "Only an owner of the room may do this.")
}

fn stranger() -> Refusal {
    Refusal::new(
        Code::OwnerOnly,
        "Only whoever is here, or has a role, can be given one or lose it.",
    )
}

fn full() -> Refusal {
    Refusal::new(
        Code::AccessFull,
        "The room has as many members or invitations as it may have.",
    )
}

#[cfg(test)]
mod tests;
