//! A QR code as a picture that a page can show without another request.

use crate::http::ApiError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use core::fmt::Write as _;
use qrcodegen::{QrCode, QrCodeEcc};

/// Four modules of white around it (ISO/IEC 18004 §5.3.8).
const QUIET: i32 = 4;

/// The text as an SVG in a `data:` URI. Of the colours of a page it takes none: dark on light, or it cannot be scanned.
pub(crate) fn data_uri(text: &str) -> Result<String, ApiError> {
    // Of bytes, not of digits or letters: what is put in here has small letters in it.
    let code = QrCode::encode_binary(text.as_bytes(), QrCodeEcc::Medium)
        .map_err(|_| ApiError::Internal("a text is too long for a QR code".into()))?;
    let mut uri = String::from("data:image/svg+xml;base64,");
    STANDARD.encode_string(svg(&code), &mut uri);
    Ok(uri)
}

/// Each row is drawn with a pen one module wide, so the rows lie on whole numbers and their edges half a module off.
fn svg(code: &QrCode) -> String {
    let size = code.size() + 2 * QUIET;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-{QUIET} -{QUIET}.5 {size} {size}\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M-{QUIET}-{QUIET}.5h{size}v{size}h-{size}z\"/>\
         <path stroke=\"#000\" d=\""
    );
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let begin = x;
            while code.get_module(x, y) {
                x += 1;
            }
            if x > begin {
                // Writing to a String cannot fail.
                let _ = write!(svg, "M{begin} {y}h{}", x - begin);
            }
            x += 1;
        }
    }
    svg.push_str("\"/></svg>");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;
    use rqrr::{Grid, SimpleGrid};
    use std::collections::BTreeSet;

    /// What a phone makes of the picture.
    fn scanned(uri: &str) -> String {
        let svg = STANDARD.decode(uri.strip_prefix("data:image/svg+xml;base64,").unwrap()).unwrap();
        let svg = String::from_utf8(svg).unwrap();
        let between =
            |begin: &str, end: &str| svg.split(begin).nth(1).unwrap().split(end).next().unwrap().to_owned();
        let size: usize = between("viewBox=\"-4 -4.5 ", " ").parse().unwrap();
        let modules = size - 8;
        let mut dark = BTreeSet::new();
        for run in between("<path stroke=\"#000\" d=\"M", "\"").split('M') {
            let (x, rest) = run.split_once(' ').unwrap();
            let (y, length) = rest.split_once('h').unwrap();
            let (x, y, length): (usize, usize, usize) =
                (x.parse().unwrap(), y.parse().unwrap(), length.parse().unwrap());
            assert!(length > 0 && x + length <= modules && y < modules);
            dark.extend((x..x + length).map(|x| (x, y)));
        }
        let grid = SimpleGrid::from_func(modules, |x, y| dark.contains(&(x, y)));
        Grid::new(grid).decode().unwrap().1
    }

    #[test]
    fn what_was_written_can_be_scanned() {
        let uri = "otpauth://totp/Acme:ann%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
                   &issuer=Acme&algorithm=SHA1&digits=6&period=30";
        for text in [uri, "a", &"x%20".repeat(350)] {
            assert_eq!(scanned(&data_uri(text).unwrap()), text);
        }
    }

    #[test]
    fn nothing_but_the_picture_is_in_it() {
        // The text could be made to close an element only if it stood in the picture as text.
        let svg = svg(&QrCode::encode_text("</svg><script>", QrCodeEcc::Medium).unwrap());
        assert_eq!(svg.matches('<').count(), 4);
        assert!(!svg.contains("script"));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(data_uri(&"x".repeat(3000)).is_err());
    }
}
