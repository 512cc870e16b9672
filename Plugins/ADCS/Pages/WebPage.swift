// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import XMLDocuments

/// An answer of the server as a page: what a browser would show, and the addresses of its links.
struct WebPage {
    /// What a reader sees, white space collapsed; empty for what is no page.
    let text: String
    let document: HTMLDocument?

    init(_ answer: HTTPResponse) {
        // Of files, such as a certificate under another type than its own, there is nothing to read.
        guard answer.headers["Content-Type"]?.lowercased().hasPrefix("text/") != false else {
            (document, text) = (nil, "")
            return
        }
        // Pages come in the server's language, often windows-1252 without saying so; see `HTMLDocument`.
        document =
            (try? HTMLDocument(parsing: answer.body, encoding: Self.charset(answer)))
            ?? (try? HTMLDocument(parsing: answer.body))
        text = document?.text ?? ""
    }

    /// Whether it is one of the pages of Web Enrollment: their elements have ids such as `locPageTitle` in any language.
    var isOfWebEnrollment: Bool {
        ["p", "b", "h1", "span", "td", "div"].contains { name in
            document?.elements(name).contains { $0.attribute("id")?.hasPrefix("loc") == true } == true
        }
    }

    /// What follows one of `phrases`; nil when none is there.
    func following(_ phrases: [String]) -> Substring? {
        phrases.lazy.compactMap { text.firstRange(of: $0).map { text[$0.upperBound...] } }.first
    }

    func contains(_ phrases: [String]) -> Bool { phrases.contains { text.contains($0) } }

    /// The whole numbers that stand alone in the text, in order.
    var numbers: [String] {
        text.split { !$0.isLetter && !$0.isNumber }.filter { $0.allSatisfy { $0.isASCII && $0.isNumber } }
            .map(String.init)
    }

    /// Every `0x…` in the text, in order; those that fit no 32 bits are left out.
    var codes: [DispositionCode] {
        text.matches(of: /0[xX]([0-9a-fA-F]{1,8})(?![0-9a-fA-F])/).compactMap { UInt32($0.output.1, radix: 16) }
            .map(DispositionCode.init)
    }

    private static func charset(_ answer: HTTPResponse) -> String? {
        guard let type = answer.headers["Content-Type"], let mark = type.lowercased().firstRange(of: "charset=")
        else { return nil }
        let value = type.lowercased()[mark.upperBound...].prefix { $0 != ";" }
        let name = value.filter { $0 != "\"" && $0 != " " }
        return name.isEmpty ? nil : name
    }
}
