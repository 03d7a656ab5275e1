//! Each call of the crate `redis-enterprise` about tasks, once: a line of JSON for each, with what the crate made of the
//! answer. It judges nothing: `clients.ts` holds the lines against what `docs/clients.md` says.
//!
//! Environment: `CRDB_TARGET`, `CRDB_USER`, `CRDB_PASSWORD`; arguments: the ids of a running, a committing and a finished
//! task, and the guid of the database of the first.

use std::fmt::Display;

use redis_enterprise::{CrdbHandler, CrdbTasksHandler, EnterpriseClient};
use serde_json::{Value, json};

fn client(password: &str) -> Result<EnterpriseClient, Box<dyn std::error::Error>> {
    Ok(EnterpriseClient::builder()
        .base_url(std::env::var("CRDB_TARGET")?)
        .username(std::env::var("CRDB_USER")?)
        .password(password)
        .build()?)
}

fn tell<T, E: Display>(call: &str, outcome: Result<T, E>) {
    let line = match outcome {
        Ok(_) => json!({ "call": call, "ok": true }),
        Err(error) => json!({ "call": call, "ok": false, "says": error.to_string() }),
    };
    println!("{line}");
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let password = std::env::var("CRDB_PASSWORD")?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [running, committing, finished, guid] = arguments.as_slice() else {
        return Err("give the ids of a running, a committing and a finished task, and a guid".into());
    };
    let client_of_ours = client(&password)?;
    let tasks = CrdbTasksHandler::new(client_of_ours.clone());

    tell("list", tasks.list().await);
    tell("list_by_crdb", tasks.list_by_crdb(guid).await);
    tell("get", tasks.get(running).await);
    tell("get of a finished task", tasks.get(finished).await);
    tell("get of an unknown task", tasks.get("nobodys").await);
    tell("list as plain JSON", client_of_ours.get::<Value>("/v1/crdb_tasks").await);
    tell("tasks of a database", CrdbHandler::new(client_of_ours.clone()).tasks(guid).await);
    tell("cancel", tasks.cancel(running).await);
    tell("cancel in the commit phase", tasks.cancel(committing).await);
    tell("cancel with force", tasks.cancel_with_force(committing, true).await);
    tell("cancel of a finished task", tasks.cancel(finished).await);
    tell("cancel of an unknown task", tasks.cancel("nobodys").await);

    let stranger = CrdbTasksHandler::new(client(&format!("{password}-but-wrong"))?);
    tell("list with a wrong password", stranger.list().await);
    tell("cancel with a wrong password", stranger.cancel(running).await);
    Ok(())
}
