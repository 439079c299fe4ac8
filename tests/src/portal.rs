//! The two account APIs, as the programs of one partner call them for the people who sign in there.

use crate::{Answer, Client};
use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

/// What the header `partnerId` says for the first partner.
pub const PARTNER_ID: &str = "7";

/// What a back end of the first partner sends in `X-Bridge-Secret`.
pub const BRIDGE_SECRET: &str = "the-bridge-secret-of-tests";

/// A password that keeps the rules.
pub const PASSWORD: &str = "Correct-horse-7";

/// Calls both APIs.
#[derive(Clone)]
pub struct Portal {
    client: Client,
}

impl Portal {
    pub(crate) fn new(client: Client) -> Portal {
        Portal { client }
    }

    /// Any request, with these headers beside those that JSON needs.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        let mut all = vec![("content-type", "application/json")];
        all.extend(headers);
        self.client.send(method, path, &all, body).await
    }

    /// What anybody may ask of the login API.
    pub async fn reg(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, &[("partnerId", PARTNER_ID)], body.to_string()).await
    }

    /// `POST /reg/v1/auth/token` with a password, and a code where there is one. `more` is laid over the body.
    pub async fn token(&self, email: &str, password: &str, more: Value) -> Answer {
        let mut body = json!({ "email": email, "password": password });
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        let headers = [("partnerId", PARTNER_ID), ("grantType", "password_email")];
        self.send(Method::POST, "/reg/v1/auth/token", &headers, body.to_string()).await
    }

    /// The same with a refresh token.
    pub async fn refresh(&self, refresh_token: &str) -> Answer {
        let headers = [("partnerId", PARTNER_ID), ("grantType", "refresh_token")];
        let body = json!({ "refreshToken": refresh_token });
        self.send(Method::POST, "/reg/v1/auth/token", &headers, body.to_string()).await
    }

    /// Something that takes an access token. `Null` is no body.
    pub async fn bearer(&self, method: Method, path: &str, access_token: &str, body: Value) -> Answer {
        let authorization = format!("Bearer {access_token}");
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.send(method, path, &[("authorization", &authorization)], body).await
    }

    /// What anybody may ask of the sessions API.
    pub async fn auth(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, &[], body.to_string()).await
    }

    /// `POST /auth/login`
    pub async fn login(&self, email: &str, password: &str) -> Answer {
        self.auth("/auth/login", json!({ "email": email, "password": password })).await
    }

    /// Something that takes a session. `Null` is no body.
    pub async fn session(&self, method: Method, path: &str, session: &str, body: Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.send(method, path, &[("x-session-id", session)], body).await
    }

    /// `POST /auth/two_factor/verify`, of a code by mail.
    pub async fn verify(&self, session: &str, action: &str, code: &str) -> Answer {
        self.verify_by("email", session, action, code).await
    }

    /// The same of any kind of method.
    pub async fn verify_by(&self, method: &str, session: &str, action: &str, code: &str) -> Answer {
        let body = json!({ "code": code, "method": method, "action": action });
        self.session(Method::POST, "/auth/two_factor/verify", session, body).await
    }
}
