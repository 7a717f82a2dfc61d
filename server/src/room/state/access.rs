//! Access to a room, held against everybody who is in it: who may come in, who may write, who has to go.

use super::{State, answer, not_joined};
use crate::{
    clock::Now,
    room::{
        access::{Asker, Restore, Wish, denied, invite_invalid, owner_only},
        book::Book as _,
        command::Ticket,
        outbox::{Effect, Out, Outbox},
    },
    store::Topic,
};
use protocol::{
    Access, InviteId, MessageId, PeerId, Refusal, Role,
    access::{AccessChange, AccessTold, ChangeAccess},
    auth::Identity,
};

/// What a room knows of a connection beside who it is.
#[derive(Debug, Default)]
pub(super) struct Guest {
    /// The role that its token grants.
    granted: Option<Role>,
    /// The role of the invitation that it came with, until the log says so too.
    invited: Option<Role>,
    /// What it was told last.
    told: Option<Access>,
}

impl State {
    /// What a connection may do; `None` where it may not be here.
    pub(super) fn role(&self, peer: PeerId) -> Option<Role> {
        let who = self.presence.person(peer)?;
        let guest = self.guests.get(&peer);
        let granted = guest.and_then(|guest| guest.granted.max(guest.invited));
        self.gate.book().role(&who.user_id, granted, self.settings.open)
    }

    /// The role that an invitation brings to somebody who asks to come in, if it brings any; or why they may not. Who has no
    /// role learns nothing else of the room.
    pub(super) fn right(
        &self,
        now: Now,
        who: &Identity,
        granted: Option<Role>,
        invite: Option<&InviteId>,
    ) -> Result<Option<Role>, Refusal> {
        let gate = self.gate.book();
        let role = gate.role(&who.user_id, granted, self.settings.open);
        let invited = invite.and_then(|invite| gate.invited(invite, now.at));
        let invited = invited.filter(|invited| Some(*invited) > role);
        if role.max(invited).is_none() {
            return Err(invite.map_or_else(denied, |_| invite_invalid()));
        }
        Ok(invited)
    }

    /// Notes with what right somebody is here, and takes the invitation that they came with.
    pub(super) fn receive(
        &mut self,
        now: Now,
        (peer, who): (PeerId, &Identity),
        (granted, invited): (Option<Role>, Option<Role>),
        invite: Option<&InviteId>,
        out: &mut Outbox,
    ) {
        let guest = Guest {
            granted,
            invited,
            told: None,
        };
        self.guests.insert(peer, guest);
        if let (Some(_), Some(invite)) = (invited, invite) {
            self.take_invite(now, (peer, who), invite.clone(), out);
        }
    }

    /// Whoever comes by an invitation has its role from then on.
    fn take_invite(&mut self, now: Now, (peer, who): (PeerId, &Identity), invite: InviteId, out: &mut Outbox) {
        // As often as it is wished for at the same place in the log, it is done once; and once more after a role that it
        // brought was taken away.
        let at = self.gate.book().position().seq;
        let id: Result<MessageId, _> = format!("invite-{peer}-{at}").parse();
        let asker = Asker {
            user: who.user_id.clone(),
            name: who.name.clone(),
            granted: None,
        };
        if let Ok(id) = id {
            let wish = Wish::Take(asker, invite);
            // Should it fail, they are here for as long as this connection lasts, and the invitation is still theirs.
            let taken = self
                .gate
                .wish(now, (who.user_id.clone(), id), wish, Ticket::new(drop), out);
            self.mind_overflow(Topic::Access, taken);
        }
    }

    pub(super) fn change_access(
        &mut self,
        now: Now,
        peer: PeerId,
        (wished, invite): (ChangeAccess, InviteId),
        ticket: Ticket,
        out: &mut Outbox,
    ) {
        let ChangeAccess { change, id, .. } = wished;
        let (Some(author), Some(asker)) = (self.author(peer, id), self.asker(peer)) else {
            return answer(out, ticket, Err(not_joined()));
        };
        // Where rooms are not open by themselves, an open one is whose token says so.
        let closes = matches!(change, AccessChange::Private) && !self.settings.open;
        if closes && asker.granted != Some(Role::Owner) {
            return answer(out, ticket, Err(owner_only()));
        }
        let named = match &change {
            AccessChange::Role { user, .. } => self.presence.named(user),
            _ => None,
        };
        let wish = Wish::Change(asker, change, invite, named);
        let taken = self.gate.wish(now, author, wish, ticket, out);
        self.mind_overflow(Topic::Access, taken);
    }

    fn asker(&self, peer: PeerId) -> Option<Asker> {
        let who = self.presence.person(peer)?;
        Some(Asker {
            user: who.user_id.clone(),
            name: who.name.clone(),
            granted: self.guests.get(&peer).and_then(|guest| guest.granted),
        })
    }

    /// A connection has another token, which grants another role.
    pub(super) fn regrant(&mut self, now: Now, peer: PeerId, granted: Option<Role>, out: &mut Outbox) {
        if let Some(guest) = self.guests.get_mut(&peer) {
            guest.granted = granted;
            self.hold_access(now, out);
        }
    }

    /// What a newcomer is told of access.
    pub(super) fn access_of(&mut self, now: Now, peer: PeerId) -> Access {
        let role = self.role(peer).unwrap_or(Role::Viewer);
        let access = self.gate.book().told(role, now.at);
        if let Some(guest) = self.guests.get_mut(&peer) {
            guest.told = Some(access.clone());
        }
        access
    }

    /// Follows what has changed in the log.
    pub(super) fn follow_access(&mut self, now: Now, out: &mut Outbox) {
        if !self.gate.book_mut().take_changed() {
            return;
        }
        // Who came by an invitation and stands in the log by now may do what the log says, be that less.
        for (peer, guest) in &mut self.guests {
            let who = self.presence.person(*peer);
            if who.is_some_and(|who| self.gate.book().has_member(&who.user_id)) {
                guest.invited = None;
            }
        }
        self.hold_access(now, out);
    }

    /// Holds everybody who is here against what they may do now: who may not be here any more is put out, whoever it is
    /// other for is told.
    fn hold_access(&mut self, now: Now, out: &mut Outbox) {
        for peer in self.presence.here() {
            match self.role(peer) {
                Some(role) => self.tell_access(now, peer, role, out),
                None => self.put_out(peer, out),
            }
        }
        self.tell_presence(now, out);
    }

    fn tell_access(&mut self, now: Now, peer: PeerId, role: Role, out: &mut Outbox) {
        let access = self.gate.book().told(role, now.at);
        let guest = self.guests.entry(peer).or_default();
        if guest.told.as_ref() == Some(&access) {
            return;
        }
        guest.told = Some(access.clone());
        let room = self.room.clone();
        out.push(Effect::Out(Out::Tell(peer, AccessTold { room, access }.into())));
        if role == Role::Viewer {
            self.tick.set_caret(now.instant, peer, None);
            self.stop_typing(now, peer);
        }
    }

    fn put_out(&mut self, peer: PeerId, out: &mut Outbox) {
        self.presence.leave(peer);
        out.push(Effect::Out(Out::PutOut(peer, denied())));
        self.forget(&[peer], out);
    }

    /// The log of access was lost. A room that was private stays so, and is written anew: it must not become open because
    /// something forgot.
    pub(super) fn restore_access(&mut self, now: Now, restore: Option<Restore>, out: &mut Outbox) {
        let Some(restore) = restore.filter(|_| self.gate.book().position().seq.0 == 0) else {
            return;
        };
        tracing::warn!(room = %self.room, "the store has lost who may be in a private room: it is written anew");
        self.gate.book_mut().stay(&restore);
        let author = (restore.owner.clone(), restore.id.clone());
        let wish = Wish::Restore(restore.private);
        let taken = self.gate.wish(now, author, wish, Ticket::new(drop), out);
        self.mind_overflow(Topic::Access, taken);
    }
}
