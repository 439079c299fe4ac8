//! Where people reach the pages.

use super::environment::Environment;
use super::error::SettingError;
use super::read::read;
use crate::ports::Settings;
use http::Uri;

/// Where people reach the pages. Links are built from this and never from a request, whose headers anybody can write.
pub(crate) struct BaseUrl(String);

impl BaseUrl {
    pub(crate) fn load(settings: &impl Settings, environment: Environment) -> Result<BaseUrl, SettingError> {
        const NAME: &str = "base_url";
        let text = read(settings, NAME)?.ok_or_else(|| SettingError::new(NAME, "is not set"))?;
        let wrong = || SettingError::new(NAME, "must be an absolute URL without query and user");
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        let authority = uri.authority().ok_or_else(wrong)?;
        if uri.query().is_some() || text.contains('#') || authority.as_str().contains('@') {
            return Err(wrong());
        }
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if environment.is_sandbox() => {}
            _ => return Err(SettingError::new(NAME, "must start with https:// in production")),
        }
        Ok(BaseUrl(text.trim_end_matches('/').to_owned()))
    }

    /// All of it, without a slash at its end.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// Scheme, host and port, as a browser names the origin of a page here.
    pub(crate) fn origin(&self) -> String {
        let (scheme, rest) = self.0.split_once("://").unwrap_or_default();
        let authority = rest.split('/').next().unwrap_or_default();
        let usual = if self.is_https() { ":443" } else { ":80" };
        let authority = authority.strip_suffix(usual).unwrap_or(authority);
        format!("{scheme}://{authority}").to_ascii_lowercase()
    }

    /// The name of the site, without its port, as codes in an SMS are bound to it.
    pub(crate) fn host(&self) -> &str {
        let (_, rest) = self.0.split_once("://").unwrap_or_default();
        let authority = rest.split('/').next().unwrap_or_default();
        // An address in brackets has colons of its own.
        match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => authority,
        }
    }

    /// What stands before the path of every page: nothing, or a path without a slash at its end.
    pub(crate) fn path(&self) -> &str {
        let (_, rest) = self.0.split_once("://").unwrap_or_default();
        rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default()
    }

    pub(crate) fn is_https(&self) -> bool {
        self.0.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https:"))
    }

    /// The page of an identification.
    pub(crate) fn identification(&self, token: &str) -> String {
        format!("{}/identify/{token}", self.0)
    }

    /// The page that confirms what the token stands for.
    pub(crate) fn confirmation(&self, token: &str) -> String {
        format!("{}/confirm/{token}", self.0)
    }
}
