// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What people are told of. The words are fixed: configuration, texts and rows of the database name them.
public enum NoticeEvent: String, Sendable, Hashable, CaseIterable {
    /// Somebody's first certificate of a template is in use.
    case issued
    /// A CA waits for the person, usually for a click in its validation mail.
    case waiting
    /// A certificate in use ends soon, and no newer one is there.
    case expiring
    /// A newer certificate has taken the place of an older one.
    case renewed
    case revoked
    /// An order was refused, has failed, or waits for a decision.
    case failed
    /// Somebody has asked for an archived key, whatever came of it.
    case recovered
    /// Something lies ready for a person to fetch, once.
    case handedOver
    /// A file with a certificate and its key leaves for its owner by mail, without its password.
    case handOverFile
    /// The password of such a file leaves for another mailbox.
    case handOverPassword
    /// Certificates of many are to be replaced by a deadline.
    case incident
    /// A request for a server's certificate was agreed to or refused.
    case requestDecided
    /// What was requested for a server is there to be fetched.
    case requestIssued
    /// Such a certificate ends, and no newer request has taken its place.
    case requestExpiring
    /// A request waits for a decision.
    case requestReminder
    /// What a day has brought, and what needs somebody.
    case digest

    /// What it means, for people; the words of the manual.
    public var meaning: String {
        switch self {
        case .issued: "somebody's certificate has come and is on its way to the devices"
        case .waiting: "the CA waits for the person, usually for a click in its validation mail"
        case .expiring: "a certificate in use ends soon, and no newer one is there"
        case .renewed: "a newer certificate has taken the place of an older one"
        case .revoked: "a certificate that was in use is revoked"
        case .failed: "an order was refused, has failed, or is held for a decision"
        case .recovered: "somebody has asked for the key of an older certificate, also where that was refused"
        case .handedOver: "something lies ready for the person to fetch, once"
        case .handOverFile: "a certificate with its key is mailed to the person; the password goes elsewhere"
        case .handOverPassword: "the password of such a file, for the mailbox of handOver.byMail"
        case .incident: "certificates of many are to be replaced by a deadline"
        case .requestDecided: "a request for a server's certificate was agreed to or refused"
        case .requestIssued: "the certificate that somebody has requested for a server is there to be fetched"
        case .requestExpiring:
            "such a certificate ends soon (`requests.remindBefore`), and no newer request has taken its place"
        case .requestReminder: "a request for a server's certificate waits for a decision"
        case .digest: "what the last day has brought, and what needs somebody"
        }
    }

    /// Names that its text may have in double braces.
    public var placeholders: [String] {
        let own: [String] =
            switch self {
            case .issued, .renewed: ["addresses", "template", "serial", "notAfter", "backendCA", "reference"]
            case .waiting: ["addresses", "template", "reference", "backendCA", "detail"]
            case .expiring: ["addresses", "template", "serial", "notAfter", "days", "reference"]
            case .revoked: ["addresses", "template", "serial", "reason", "reference", "backendCA"]
            case .failed: ["template", "reference", "reason", "nextStep", "backendCA"]
            case .recovered: ["serial", "actor", "purpose", "outcome", "link", "until", "approver"]
            case .handedOver: ["link", "until", "what", "device", "passwordBy", "steps", "template"]
            case .handOverFile: ["serial", "device", "actor", "passwordTo", "template"]
            case .handOverPassword: ["password", "recipient", "serial", "device", "actor", "template"]
            case .incident: ["name", "cause", "actor"]
            case .requestDecided: ["decision", "name", "actor", "reason", "request"]
            case .requestIssued: ["name", "request", "notAfter", "serial", "template"]
            case .requestExpiring: ["name", "request", "notAfter", "days", "serial", "template"]
            case .requestReminder: ["name", "requester", "since", "request"]
            case .digest:
                [
                    "day", "needs", "needCount", "needSummary", "issued", "renewed", "revoked", "failed", "waiting",
                    "expiring",
                    "costs",
                ]
            }
        return own + ["person", "gateway"]
    }

    /// The placeholders whose values the gateway words itself, in English; a mail says them in its own language.
    public static let worded = ["decision", "detail", "needs", "needSummary", "nextStep", "outcome", "reason"]

    /// Whether its mail carries a key, or what opens one. Such a mail goes to the one it was made for and to nobody else, is looked at again
    /// right before it leaves, and is never sent again in doubt.
    public var carriesKey: Bool { self == .handOverFile || self == .handOverPassword }

    /// The name without which its text is worth nothing, and which must not stand in a subject.
    var secretPlaceholder: String? { self == .handOverPassword ? "password" : nil }
}
