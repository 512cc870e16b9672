// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import PKIX
import Settings
import Synchronization

/// The backend CAs of the configuration. One that cannot be started says why and leaves the others alone.
public final class BackendCARegistry: Sendable {
    public enum Entry: Sendable {
        case ready(BackendCA)
        /// Why it cannot be used, in one sentence.
        case unusable(String)
    }

    private let entries: [String: Entry]
    private let alarms = Mutex<[String: String]>([:])

    /// - Parameter factory: makes the connectors; each backend CA gets its own rate limiter, shared by all its work.
    public init(_ configurations: [BackendCAConfiguration], factory: BackendCAFactory) {
        entries = Dictionary(uniqueKeysWithValues: configurations.map { ($0.name, factory.make($0)) })
    }

    public subscript(_ name: String) -> Entry? { entries[name] }

    public var names: [String] { entries.keys.sorted() }

    /// What the profile knows about the product of a template; nil when it does not say, or the backend CA is unusable.
    public func product(of template: TemplateConfiguration) -> ProductFacts? {
        guard case .ready(let backend)? = self[template.backendCA] else { return nil }
        return backend.profile.product(template.product)
    }

    /// Remembers a failure only an operator can mend, for `serve` and `doctor` to show.
    public func note(_ error: ConnectorError, on name: String) {
        guard error.kind == .authentication || error.kind == .configuration else { return }
        alarms.withLock { $0[name] = error.message }
    }

    /// The last failure per backend CA that an operator must mend.
    public var openAlarms: [String: String] { alarms.withLock { $0 } }
}
