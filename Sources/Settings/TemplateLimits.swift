// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Ledger
import YAMLDocuments

/// What one template may do by itself, within what all of them may.
public struct TemplateLimits: Sendable, Hashable {
    public var ordersPerRun: Int?
    public var replacementsPerRun: Int?
    public var endingsPerRun: Int?
    public var budgetPerMonth: Money?
    /// Certificates that one person may get within 30 days by themselves.
    public var certificatesPerPerson = 4

    public init() {}

    /// Reads the mapping `limits` of a template.
    init(_ reader: MappingReader) {
        let place = "templates[].limits"
        func number(_ key: String) -> Int? {
            reader.int(key, in: ConfigurationKeys.all.range(of: "\(place).\(key)"))
        }
        ordersPerRun = number("ordersPerRun")
        replacementsPerRun = number("replacementsPerRun")
        endingsPerRun = number("endingsPerRun")
        budgetPerMonth = reader.money("budgetPerMonth")
        certificatesPerPerson = number("certificatesPerPerson") ?? certificatesPerPerson
        reader.finish(known: ConfigurationKeys.names(in: place))
    }
}
