// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
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

    /// Why a backend CA is not as it should be.
    public struct Alarm: Sendable {
        public let error: ConnectorError
        /// Nobody calls the CA before; nil when only some requests may be concerned.
        public let pausedUntil: Date?
        /// False for what goes away by itself, such as being throttled for a while.
        public let needsPerson: Bool
    }

    private let entries: [String: Entry]
    private let alarms = Mutex<[String: Alarm]>([:])

    /// - Parameter factory: makes the connectors; each backend CA gets its own rate limiter, shared by all its work.
    public convenience init(_ configurations: [BackendCAConfiguration], factory: BackendCAFactory) {
        self.init(Dictionary(uniqueKeysWithValues: configurations.map { ($0.name, factory.make($0)) }))
    }

    public init(_ entries: [String: Entry]) { self.entries = entries }

    public subscript(_ name: String) -> Entry? { entries[name] }

    public var names: [String] { entries.keys.sorted() }

    /// What the profile knows about the product of a template; nil when it does not say, or the backend CA is unusable.
    public func product(of template: TemplateConfiguration) -> ProductFacts? {
        guard case .ready(let backend)? = self[template.backendCA] else { return nil }
        return backend.profile.product(template.product)
    }

    /// Remembers what is wrong with a backend CA, in place of what was known before.
    ///
    /// - Parameters:
    ///   - date: until when nobody calls the CA; nil to go on.
    ///   - needsPerson: whether it stays so until an operator mends something.
    public func note(_ error: ConnectorError, on name: String, pausedUntil date: Date?, needsPerson: Bool) {
        alarms.withLock { $0[name] = Alarm(error: error, pausedUntil: date, needsPerson: needsPerson) }
    }

    /// The CA has answered as it should.
    public func clearAlarm(on name: String) { alarms.withLock { _ = $0.removeValue(forKey: name) } }

    public func alarm(on name: String) -> Alarm? { alarms.withLock { $0[name] } }

    /// What an operator must mend, by backend CA.
    public var openAlarms: [String: String] {
        alarms.withLock { $0.filter { $0.value.needsPerson }.mapValues(\.error.message) }
    }
}
