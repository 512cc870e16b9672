// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit

/// Which rules are asked about an order or a certificate.
public struct RuleSubject: Sendable, Hashable {
    /// nil for what is no publicly trusted S/MIME certificate.
    public var kind: Kind?
    public var targets: Set<RuleTarget>

    /// A kind under the settings of one account.
    public struct Kind: Sendable, Hashable {
        public var subject: PublicSMIMEKind.Subject
        /// nil where nobody has said; rules of one generation are not looked at then.
        public var generation: PublicSMIMEKind.Generation?

        public init(_ subject: PublicSMIMEKind.Subject, _ generation: PublicSMIMEKind.Generation?) {
            self.subject = subject
            self.generation = generation
        }

        /// Such as `mailbox-strict`.
        public var text: String {
            ([subject.rawValue] + [generation?.rawValue].compactMap(\.self)).joined(separator: "-")
        }
    }

    public init(kind: Kind?, targets: Set<RuleTarget> = []) {
        self.kind = kind
        self.targets = targets
    }

    public var isEmpty: Bool { kind == nil && targets.isEmpty }
}
