// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

/// The way from an empty database to the first certificate on a device, in the order in which it is gone.
public enum SetUpStep: String, Sendable, CaseIterable {
    case tenant, permissions, intune, agent, authority, template, plan, first

    /// The command that does or shows the same.
    public var command: String {
        switch self {
        case .tenant, .intune, .agent, .authority, .template: "certway apply -f certway.yaml"
        case .permissions: "certway setup --look"
        case .plan: "certway plan"
        case .first: "certway run --once"
        }
    }

    /// End of a sentence that begins with "step N of 8".
    public var meaning: String {
        switch self {
        case .tenant: "names the Entra tenant and how the gateway signs in there"
        case .permissions: "looks whether the application may read what it must"
        case .intune: "names the public key of the Intune certificate connector"
        case .agent: "names who can open archived keys"
        case .authority: "connects a CA"
        case .template: "says which group gets which certificate"
        case .plan: "shows what the first pass would order, and places it"
        case .first: "is the first certificate on its way to devices"
        }
    }
}

/// How one step stands.
public struct SetUpStanding: Sendable {
    public enum State: String, Sendable, CaseIterable {
        case done
        /// The first that is neither done nor left out.
        case current
        /// Left out by a person; it stays among what needs somebody.
        case skipped
        case open
    }

    public let step: SetUpStep
    public internal(set) var state: State
    /// What there is, or what is missing, in one sentence.
    public let text: String

    public var json: JSONValue {
        [
            "id": .string(step.rawValue), "state": .string(state.rawValue), "text": .string(text),
            "meaning": .string(step.meaning), "command": .string(step.command),
        ]
    }
}
