// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport

/// What the answer to a submission says, in the order of wire/adcs-http §4: the link first, words next, then codes and
/// numbers, which need no language.
enum SubmissionPage: Sendable, Hashable {
    case issued(id: String)
    case pending(id: String)
    case denied(id: String?, code: DispositionCode?, message: String)
    /// No page we know.
    case unknown

    init(_ answer: HTTPResponse, _ phrases: PagePhrases) {
        let page = WebPage(answer)
        // The digits are essential: pages link the CA's own certificate as `ReqID=CACert`, too.
        if let link = String(decoding: answer.body, as: UTF8.self).firstMatch(of: Self.certificateLink) {
            self = .issued(id: String(link.output.1))
            return
        }
        let named = page.following(phrases.requestID).map {
            $0.drop { !$0.isASCII || !$0.isNumber }.prefix(while: \.isNumber)
        }
        let id = named.flatMap { $0.isEmpty ? nil : String($0) }
        let code = page.codes.first(where: \.isFailure)
        if page.contains(phrases.pending), let id {
            self = .pending(id: id)
        } else if let message = page.following(phrases.disposition).flatMap(Self.quoted) {
            // The page says that it is denied, whatever a code that we lack says.
            self = .denied(id: id, code: code.flatMap { $0.isListed ? $0 : nil }, message: message)
        } else if let code, page.isOfWebEnrollment {
            // Other pages carry such codes, too: those of IIS itself, and of proxies.
            self = .denied(id: id, code: code, message: SafeText.sentence(page.text))
        } else if answer.status == 200, page.isOfWebEnrollment, page.numbers.count == 1, let number = page.numbers.first
        {
            // A page of Web Enrollment in a language we lack, with one number and no error code: the request waits.
            self = .pending(id: id ?? number)
        } else {
            self = .unknown
        }
    }

    private static var certificateLink: Regex<(Substring, Substring)> {
        /certnew\.cer\?ReqID=([0-9]+)&/.ignoresCase()
    }

    /// The text up to the closing quotation mark, whatever the language's marks are.
    private static func quoted(_ text: Substring) -> String? {
        guard let open = text.firstIndex(where: { "\"“„«‹".contains($0) }) else { return nil }
        let message = text[text.index(after: open)...].prefix { !"\"“”»›".contains($0) }
        return message.isEmpty ? nil : SafeText.sentence(String(message))
    }
}
