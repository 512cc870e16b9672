// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import PKIX
import Sentences

/// A page that says why somebody was not let in. It stands by itself: no script, nothing loaded, every text from outside escaped.
struct SignInPage {
    let status: Int
    let title: String
    let sentences: [String]
    /// Where to try again.
    var links: [(text: String, address: String)] = [("Sign in again", "/signin")]

    /// - Parameter reader: in whose language it is told.
    func answer(for reader: SentenceBooks.Reader) -> ServerAnswer {
        let paragraphs = sentences.map { "<p>\(Self.escape(reader.said($0)))</p>" }.joined()
        let title = Self.escape(reader.said(title))
        let ways = links.map { "<a href=\"\(Self.escape($0.address))\">\(Self.escape(reader.said($0.text)))</a>" }
            .joined(
                separator: " ")
        let text =
            "<!DOCTYPE html><html lang=\"\(reader.language)\"><head><meta charset=\"utf-8\">"
            + "<meta name=\"viewport\" content=\"width=device-width\"><title>Problem: \(title)</title>"
            + "<style>\(Self.style)</style></head><body><main><h1>\(title)</h1>\(paragraphs)<p>\(ways)</p></main>"
            + "</body></html>"
        return .response(
            status: status,
            headers: reader.headers + [
                ("Content-Type", "text/html; charset=utf-8"),
                (
                    "Content-Security-Policy",
                    "default-src 'none'; style-src 'sha256-\(Self.styleHash)'; base-uri 'none'; form-action 'none'; "
                        + "frame-ancestors 'none'"
                ),
            ], body: Array(text.utf8))
    }

    private static let style =
        ":root{color-scheme:light dark;background:Canvas;color:CanvasText}body{font:1rem/1.5 system-ui,sans-serif;margin:3rem auto;max-width:40rem;padding:0 1rem}"

    private static let styleHash = Data(DigestAlgorithm.sha256.digest(Array(style.utf8))).base64EncodedString()

    private static func escape(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            // Neither control characters nor what turns the direction of writing.
            case _ where scalar.value < 0x20 || scalar.properties.generalCategory == .format: escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
