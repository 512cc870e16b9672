// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// Whom it would hit if a template went to another CA or product, as the directory was last read.
public struct SwitchForecast: Sendable {
    /// Somebody, and what becomes of their certificate or order.
    public struct Person: Sendable {
        public let userPrincipalName: String
        public let sentence: String

        var json: JSONValue { ["userPrincipalName": .string(userPrincipalName), "sentence": .string(sentence)] }
    }

    /// The first of some people, and how many there are.
    public struct People: Sendable {
        public internal(set) var count = 0
        public internal(set) var first: [Person] = []

        mutating func add(_ name: String, _ sentence: String, atMost limit: Int) {
            count += 1
            if first.count < limit { first.append(Person(userPrincipalName: name, sentence: sentence)) }
        }

        var json: JSONValue { ["count": JSONValue(count), "first": .array(first.map(\.json))] }
    }

    /// People in the group.
    public internal(set) var members = 0
    /// Those with a certificate in use of another CA or product than the new one, and those with one of the new one.
    public internal(set) var inUse = 0
    public internal(set) var there = 0
    /// Those with a certificate in use who can have one of the new product, and no order under way: whom `now` replaces.
    public internal(set) var replaceable = 0
    /// Those with neither certificate nor order who can have one of the new product: it is ordered with the next pass in any case.
    public internal(set) var firstOrders = 0
    /// Those whom the new product refuses and the present one does not.
    public internal(set) var refused = People()
    /// Those for whom a product of the present CA was chosen, which means nothing at the new one: they get the template's there.
    public internal(set) var ownProducts = People()
    /// Those who get none of either.
    public internal(set) var leftOut = 0
    /// Those whose order is under way at the former CA, which goes on there, and those whose order has not left and is placed at the new one.
    public internal(set) var underWay = People()
    public internal(set) var unsent = People()
    /// Renewals at the new CA by month, such as `2027-03`.
    public internal(set) var renewals: [String: Int] = [:]
    /// How many people have a name of this kind in their certificate that the new product does not certify.
    public internal(set) var namesLost: [String: Int] = [:]
    /// People by the domain of their addresses: the new CA must have each of them validated, or asks the people.
    public var domains: [String: Int] = [:]
    /// What is said of orders that go on all the same, with the number of people.
    public internal(set) var warnings: [String: Int] = [:]

    public var json: JSONValue {
        func numbers(_ values: [String: Int]) -> JSONValue { .object(values.mapValues { JSONValue($0) }) }
        return [
            "members": JSONValue(members), "inUse": JSONValue(inUse), "there": JSONValue(there),
            "replaceable": JSONValue(replaceable), "firstOrders": JSONValue(firstOrders), "refused": refused.json,
            "ownProducts": ownProducts.json, "leftOut": JSONValue(leftOut), "underWay": underWay.json,
            "unsent": unsent.json,
            "renewals": numbers(renewals), "namesLost": numbers(namesLost), "domains": numbers(domains),
            "warnings": numbers(warnings),
        ]
    }
}
