// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments
import MicrosoftGraph

/// What a cmdlet gave: its objects, and what the service warned of.
public struct ExchangeAnswer: Sendable {
    /// Code of a failure because the object is mastered in the on-premises directory and can only be changed there.
    public static let synchronisedObject = "SynchronisedObject"

    public private(set) var values: [JSONValue] = []
    public private(set) var warnings: [String] = []

    init() {}

    /// Takes in one page.
    ///
    /// - Returns: the link to the next one.
    /// - Throws: `GraphError` of kind `transient` when the page is none: a proxy may have cut it.
    mutating func add(_ page: JSONValue, of cmdlet: String) throws(GraphError) -> String? {
        guard let members = page.object, members.isEmpty || members["value"]?.array != nil else {
            throw GraphError(.transient, "\(cmdlet) answered 200 without a list named value", status: 200)
        }
        values += members["value"]?.array ?? []
        warnings += (members["@adminapi.warnings"]?.array ?? []).compactMap(\.string).map { singleLine($0) }
        return members["@odata.nextLink"]?.string
    }
}
