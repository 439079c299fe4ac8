//! Whatever is done in whatever order, one caller at a time, the core answers as a few lines of plain Rust do that keep
//! everything in plain variables.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use proptest::prelude::*;
use std::time::Duration;
use stepgate_otp::{ChallengeId, Closing, Code, Error, Issued, Issuing, Policy, Request, Status, Verdict};
use support::*;

#[derive(Clone, Debug)]
enum Step {
    Issue { entity: usize, limit: u8 },
    Replace { challenge: usize },
    Cancel { entity: usize },
    Verify { challenge: usize, right: bool },
    Confirm { challenge: usize },
    Pass { seconds: u64 },
    Sweep,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0..2_usize, 1..4_u8).prop_map(|(entity, limit)| Step::Issue { entity, limit }),
        2 => (0..9_usize).prop_map(|challenge| Step::Replace { challenge }),
        1 => (0..2_usize).prop_map(|entity| Step::Cancel { entity }),
        6 => (0..9_usize, any::<bool>()).prop_map(|(challenge, right)| Step::Verify { challenge, right }),
        1 => (0..9_usize).prop_map(|challenge| Step::Confirm { challenge }),
        2 => (1..400_u64).prop_map(|seconds| Step::Pass { seconds }),
        1 => Just(Step::Sweep),
    ];
    proptest::collection::vec(step, 1..60)
}

/// The plain model of one challenge.
struct Plain {
    id: ChallengeId,
    code: Code,
    link: String,
    entity: usize,
    limit: u32,
    compared: u32,
    expires: Duration,
    value: String,
    status: Status,
}

#[derive(Default)]
struct Model {
    now: Duration,
    challenges: Vec<Plain>,
    newest: [Option<usize>; 2],
    values: [Option<String>; 2],
}

impl Model {
    fn expire(&mut self) {
        for challenge in &mut self.challenges {
            if challenge.status == Status::Pending && self.now >= challenge.expires {
                challenge.status = Status::Expired;
            }
        }
    }

    fn close(&mut self, entity: usize) {
        if let Some(newest) = self.newest[entity].take()
            && self.challenges[newest].status == Status::Pending
        {
            self.challenges[newest].status = Status::Expired;
        }
    }

    fn open(&mut self, entity: usize, limit: u32, value: String, issued: Issued) {
        self.close(entity);
        self.newest[entity] = Some(self.challenges.len());
        self.challenges.push(Plain {
            id: issued.challenge.id,
            code: issued.code,
            link: issued.link_token,
            entity,
            limit,
            compared: 0,
            expires: self.now + LIFETIME,
            value,
            status: Status::Pending,
        });
    }

    fn attempt(&mut self, at: usize, right: bool) -> Verdict {
        let challenge = &mut self.challenges[at];
        match challenge.status {
            Status::Confirmed => return Verdict::ConfirmedAlready,
            Status::Pending => {}
            Status::Rejected | Status::Expired => return Verdict::Refused,
        }
        challenge.compared += 1;
        if right {
            challenge.status = Status::Confirmed;
            self.values[challenge.entity] = Some(challenge.value.clone());
            return Verdict::Confirmed;
        }
        if challenge.compared == challenge.limit {
            challenge.status = Status::Rejected;
        }
        Verdict::Wrong
    }
}

fn done(issuing: Issuing) -> Issued {
    match issuing {
        Issuing::Done(issued) => *issued,
        Issuing::Wait(_) => panic!("one caller at a time: nothing is in flight"),
    }
}

fn entity_name(entity: usize) -> stepgate_otp::Entity {
    // One that ends as well, long after the last step. That must make no difference.
    let end = START.day().plus(2);
    support::entity(&if entity == 0 {
        "customer/0".into()
    } else {
        format!("until-{}/customer/{entity}", end.0)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_core_does_what_the_plain_model_does(steps in steps()) {
        let world = World::default();
        let core = world.core();
        let mut model = Model::default();
        for (number, step) in steps.into_iter().enumerate() {
            match step {
                Step::Issue { entity, limit } => {
                    let value = format!("v{number}");
                    let request = Request {
                        entity: entity_name(entity),
                        payload: payload(&value),
                        policy: Policy::new(600, limit, 0, false).unwrap(),
                        ..request()
                    };
                    let issued = done(core.issue(request, &keys(), None).unwrap());
                    model.open(entity, limit.into(), value, issued);
                }
                Step::Replace { challenge } if challenge < model.challenges.len() => {
                    let old = &model.challenges[challenge];
                    let (entity, left, value) = (old.entity, old.limit - old.compared, old.value.clone());
                    let replaced = core.replace(&scope("p1"), old.id, &keys(), None);
                    if old.status == Status::Pending {
                        model.open(entity, left, value, done(replaced.unwrap()));
                    } else {
                        prop_assert_eq!(refused(replaced.map(|_| ())), Error::Over(old.status));
                    }
                }
                Step::Cancel { entity } => {
                    prop_assert_eq!(core.cancel(&scope("p1"), &entity_name(entity), None), Ok(Closing::Done));
                    model.close(entity);
                }
                Step::Verify { challenge, right } if challenge < model.challenges.len() => {
                    let plain = &model.challenges[challenge];
                    let code = if right { plain.code } else { other_than(plain.code) };
                    let verified = core.verify(&scope("p1"), plain.id, None, code, &keys(), false).unwrap();
                    prop_assert_eq!(verified.verdict, model.attempt(challenge, right));
                }
                Step::Confirm { challenge } if challenge < model.challenges.len() => {
                    let verified = core.confirm_link(&model.challenges[challenge].link, &keys()).unwrap();
                    prop_assert_eq!(verified.verdict, model.attempt(challenge, true));
                }
                Step::Pass { seconds } => {
                    world.clock.pass(Duration::from_secs(seconds));
                    model.now += Duration::from_secs(seconds);
                    model.expire();
                }
                Step::Sweep => world.store.sweep((START + model.now).0 / 1000),
                Step::Replace { .. } | Step::Verify { .. } | Step::Confirm { .. } => {}
            }
            for plain in &model.challenges {
                let seen = core.status(&scope("p1"), plain.id).unwrap();
                prop_assert_eq!((seen.status, seen.attempts, seen.limit), (plain.status, plain.compared, plain.limit));
            }
            for entity in 0..2 {
                let value = match core.current(&scope("p1"), &entity_name(entity)) {
                    Ok(current) => current.confirmed.map(|value| value.as_str().to_owned()),
                    Err(Error::NotFound) => None,
                    Err(error) => panic!("{error}"),
                };
                prop_assert_eq!(&value, &model.values[entity]);
            }
        }
    }
}
