// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport

/// What the server says instead of a certificate (wire/adcs-http §5): disposition message and last status, whose code
/// needs no language.
enum RetrievalPage: Sendable, Hashable {
    case pending
    case denied(code: DispositionCode?, message: String)
    case noRequest(message: String)
    /// The web server cannot reach the CA service.
    case unavailable(DispositionCode)
    /// The account may not see it.
    case forbidden(DispositionCode)
    /// No page we know.
    case unknown

    init(_ answer: HTTPResponse, _ phrases: PagePhrases) {
        let page = WebPage(answer)
        let values = page.document?.elements("dd").map { $0.text }.map(SafeText.sentence).filter { !$0.isEmpty } ?? []
        let message = values.isEmpty ? SafeText.sentence(page.text) : values.joined(separator: "; ")
        let code = page.codes.first(where: \.isFailure)
        if page.contains(phrases.submitted) {
            self = .pending
        } else if page.contains(phrases.denied) {
            self = .denied(code: code.flatMap { $0.isListed ? $0 : nil }, message: message)
        } else if let code {
            switch code.meaning {
            case .noRequest: self = .noRequest(message: message)
            case .transient, .unknown: self = .unavailable(code)
            case .authentication: self = .forbidden(code)
            case .rejected, .configuration: self = .denied(code: code, message: message)
            }
        } else if page.codes.contains(where: \.isSuccess) {
            // Last status 0x0 and no certificate: under submission, in whatever words.
            self = .pending
        } else {
            self = .unknown
        }
    }
}
