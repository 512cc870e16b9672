// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Ledger

/// What an incident would do: with whom, who has to click, who gets nothing and why, and when it would be through.
public struct IncidentPreview: Sendable {
    public var incident: Incident
    /// In the order in which their people would begin.
    public var items: [IncidentItem]
    public var forecast: IncidentForecast?
    /// What the successors cost, one for each currency, as far as anybody has said it.
    public var costs: [Money] = []
    /// Serial numbers of a list that no certificate here has.
    public var unknown: [String] = []
    /// What stands against starting it at all, one sentence each.
    public var problems: [String] = []

    public var people: Int { Set(items.map(\.owner)).count }
    /// Certificates of people who have to prove their mailbox again, or may have to.
    public var clicking: [IncidentItem] {
        items.filter { $0.state == .waiting && [.mustClick, .unknown].contains($0.proof) }
    }
    /// Certificates whose owners cannot have another one as things are.
    public var leftOut: [IncidentItem] { items.filter { $0.state == .leftOut || $0.state == .failed } }
    /// Replacements that would be bought.
    public var orders: Int { Set(items.filter { $0.state == .waiting }.map(\.owner)).count }
    /// Replacements that are ordered already, whatever they were ordered for.
    public var underWay: Int {
        Set(items.filter { $0.state == .ordered || $0.state == .clickMissing }.map(\.owner)).count
    }
    /// What comes of it for the people, in one sentence; nil where only the certificate is another one afterwards.
    public var follows: String? {
        guard incident.reason == .keyCompromise else { return nil }
        return
            "keyCompromise takes each of these from the devices with its revocation: old mail to it is read with a recovered key; "
            + "with reason superseded it stays there"
    }
    public var isInTime: Bool? { forecast.map { $0.end <= incident.deadline } }
}
