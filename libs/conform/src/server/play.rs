//! Plays a vector step by step, until an answer is not what it says.

use std::time::Duration;

use serde_json::Value;

use super::{
    Made, Rest, Step, Vector,
    connection::{Connection, Reply},
};
use crate::{
    Verdict,
    compare::differences,
    fill::{Values, at, whole_number},
    reckon, sized,
};

/// Plays a vector; the first step that goes wrong ends it.
pub async fn play(mut connection: Connection, vector: &Vector, mut values: Values) -> Verdict {
    let mut faults = Vec::new();
    for (number, step) in (1..).zip(&vector.steps) {
        let found = match carry_out(&mut connection, step, &mut values).await {
            Ok(found) => found,
            Err(fault) => vec![fault],
        };
        if !found.is_empty() {
            faults.extend(
                found.iter().map(|fault| format!("step {number} ({}): {fault}", title(step))),
            );
            break;
        }
    }
    Verdict { name: vector.name.clone(), faults }
}

/// What a step does, in a word or two.
fn title(step: &Step) -> String {
    let sent = step.send.as_object().and_then(|fields| fields.keys().next()).map(String::as_str);
    match sent {
        Some(message) if step.call.is_empty() => format!("{message} on {}", step.on),
        _ if !step.call.is_empty() => step.call.clone(),
        _ => "client".to_owned(),
    }
}

async fn carry_out(
    connection: &mut Connection,
    step: &Step,
    values: &mut Values,
) -> Result<Vec<String>, String> {
    for (name, made) in &step.make {
        let value = make(made, values)?;
        values.set(name, value);
    }
    if let Some(rest) = &step.rest {
        tokio::time::sleep(length(rest, values)?).await;
    }
    connection.cut(&step.cut);
    connection.close(&step.close);
    let stream = [&step.on, &step.close].into_iter().find(|name| !name.is_empty());
    let answers = step.get.is_some() || step.refused.is_some();
    let came = if !step.call.is_empty() {
        connection.call(&step.call, &values.fill(&step.send)?).await
    } else if let Some(stream) = stream {
        exchange(connection, stream, &values.fill(&step.send)?, answers).await
    } else {
        return Ok(Vec::new());
    };
    if !answers {
        return Ok(came
            .err()
            .map(|refused| format!("was refused: {refused}"))
            .into_iter()
            .collect());
    }
    judge(step, &came, values)
}

async fn exchange(connection: &mut Connection, on: &str, send: &Value, answers: bool) -> Reply {
    if !send.is_null() {
        connection.send(on, send).await?;
    }
    if answers { connection.answer(on).await } else { Ok(Value::Null) }
}

fn make(made: &Made, values: &Values) -> Result<Value, String> {
    match made {
        Made::Listed { record, stands } => reckon::listed(&values.fill(record)?, *stands),
        Made::Fingerprinted { record, stands } => {
            reckon::fingerprinted(&values.fill(record)?, *stands)
        }
        Made::Records { count, more, record } => {
            sized::records(values, number(count, values)? + more, record)
        }
        Made::Batch { bytes, more, batch } => {
            sized::batch(values, number(bytes, values)? + more, batch)
        }
        Made::Value(value) => values.fill(value),
    }
}

fn number(value: &Value, values: &Values) -> Result<i64, String> {
    let filled = values.fill(value)?;
    whole_number(&filled).ok_or_else(|| format!("{value} is no number: {filled}"))
}

fn length(rest: &Rest, values: &Values) -> Result<Duration, String> {
    let lease = u64::try_from(number(&rest.lease, values)?).map_err(|error| error.to_string())?;
    Ok(Duration::from_millis(lease.saturating_mul(rest.percent) / 100))
}

/// Compares what came, and keeps what later steps need of it.
fn judge(step: &Step, came: &Reply, values: &mut Values) -> Result<Vec<String>, String> {
    let (expected, own) = match (&step.get, &step.refused, came) {
        (Some(expected), _, Ok(own)) | (None, Some(expected), Err(own)) => (expected, own),
        (Some(_), _, Err(refused)) => {
            return Ok(vec![format!("expected an answer, came {refused}")]);
        }
        (None, Some(expected), Ok(own)) => {
            return Ok(vec![format!("expected the refusal {expected}, came the answer {own}")]);
        }
        (None, None, _) => return Ok(Vec::new()),
    };
    let mut found = differences(&values.fill(expected)?, own);
    for (name, path) in &step.keep {
        match at(own, path) {
            Some(value) => values.set(name, value.clone()),
            None => found.push(format!("{path}: expected a value, came none")),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_later_steps_need_has_to_come() {
        let keep = [("token".to_owned(), "welcome.fencingToken".to_owned())].into();
        let step = Step { get: Some(json!({"welcome": {}})), keep, ..Step::default() };
        let mut values = Values::default();
        let found = judge(&step, &Ok(json!({"welcome": {}})), &mut values).expect("judged");
        assert_eq!(found, ["welcome.fencingToken: expected a value, came none"]);
        let came = Ok(json!({"welcome": {"fencingToken": "7"}}));
        assert!(judge(&step, &came, &mut values).expect("judged").is_empty());
        assert_eq!(values.fill(&json!("${token}")), Ok(json!("7")));
    }
}
