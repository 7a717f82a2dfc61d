//! A deploy at noon: two replicas are stopped in order and started again, one after the other, while people talk. Nothing
//! is lost, nothing doubled, and people do not come back all at once.

use crate::{World, balancer::Balancer, nothing_missing_in, page::Page, plan::Act, process::DRAIN, rest, truth};
use std::time::Instant;

const PEOPLE: usize = 20;

/// Lines that one person may have on the way: who has more waits for the connection.
const ON_THE_WAY: usize = 5;

#[tokio::test]
async fn a_rolling_restart_loses_nothing_and_spreads_who_comes_back() {
    let mut world = World::replicas_of(2).await;
    let balancer = Balancer::before(world.processes.iter().map(|process| process.address).collect()).await;
    let mut pages: Vec<Page> = (0..PEOPLE).map(|n| Page::at(balancer.address, n)).collect();
    for page in &mut pages {
        page.is_live().await;
    }
    let mut said = Vec::new();
    for replica in 0..2 {
        let before = Instant::now();
        let process = world.processes.swap_remove(0);
        let (address, mut process) = (process.address, process);
        balancer.take_out(address);
        let restarting = tokio::spawn(async move {
            process.stop().await;
            process.again().await;
            process
        });
        while !restarting.is_finished() {
            talk(&mut pages, &mut said).await;
        }
        world.processes.push(restarting.await.unwrap());
        balancer.put_back(address);
        rest(&mut pages).await;
        came_back_spread(&pages, before, replica);
    }
    let truth = truth(&world.processes[0]).await;
    for page in &pages {
        page.agrees(&truth.text, &truth.notes, &truth.chat);
    }
    assert!(said.len() > PEOPLE, "nobody had time to say anything");
    nothing_missing_in(&truth.chat, &said);
}

/// Everybody says something, and whatever comes next is heard.
async fn talk(pages: &mut [Page], said: &mut Vec<String>) {
    for (person, page) in pages.iter_mut().enumerate() {
        page.hear_what_came();
        if page.chat.drafts().len() < ON_THE_WAY {
            let text = format!("{person} says {};", said.len());
            said.push(text.clone());
            page.act(Act::Say(text));
        }
    }
    let hearing = pages.iter_mut().map(|page| Box::pin(page.hear_one()));
    futures::future::select_all(hearing).await;
}

/// Those who were on the replica that was stopped have come back, and not all at once.
fn came_back_spread(pages: &[Page], since: Instant, replica: usize) {
    let came: Vec<Instant> = pages
        .iter()
        .flat_map(|page| page.connected.iter().copied().filter(|at| *at > since))
        .collect();
    assert!(
        came.len() >= PEOPLE / 2,
        "replica {replica}: only {} came back",
        came.len()
    );
    let (first, last) = (came.iter().min().unwrap(), came.iter().max().unwrap());
    assert!(
        *last - *first > DRAIN / 4,
        "replica {replica}: all within {:?}",
        *last - *first
    );
}
