// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
public import MicrosoftGraph

/// The values by which a person signs in to Entra ID with a certificate (wire/entra-cba.md section 4). Only the value that is named
/// is touched; those of other systems stay as they are.
public struct CertificateUserIDs: Sendable {
    /// As many as a person may have.
    public static let most = 10
    private static let tries = 3

    private let graph: GraphClient

    public init(graph: GraphClient) { self.graph = graph }

    /// What came of a wish to add a value.
    public enum Outcome: Sendable {
        /// The person has it.
        case stands
        /// The account is synchronised: its values are written where it comes from, and nowhere else.
        case comesFromOnPremises
    }

    /// Sees to it that a person has the value. Safe to call again after any error.
    ///
    /// - Parameter userID: object id in Entra ID.
    /// - Throws: `GraphError`: `permission` (operator), `refused` where the account has no room or another account has the value;
    ///   `notFound` without such a person.
    public func add(_ value: String, to userID: String) async throws -> Outcome {
        let isWritten = try await change(userID) { values in
            guard !values.contains(where: { Self.isSame($0, value) }) else { return nil }
            guard values.count < Self.most else {
                throw GraphError(
                    .refused,
                    "the account has \(values.count) certificateUserIds, and \(Self.most) are the most: remove those of certificates that "
                        + "are gone")
            }
            return values + [value]
        }
        return isWritten ? .stands : .comesFromOnPremises
    }

    /// Sees to it that a person has not the value any more; somebody who is gone has none.
    ///
    /// - Throws: `GraphError`.
    public func remove(_ value: String, from userID: String) async throws {
        do {
            _ = try await change(userID) { values in
                let kept = values.filter { !Self.isSame($0, value) }
                return kept.count == values.count ? nil : kept
            }
        } catch let error as GraphError where error.kind == .notFound {}
    }

    /// The values that a person has now, of whichever program; nil for somebody who is gone.
    ///
    /// - Throws: `GraphError`.
    public func values(of userID: String) async throws -> [String]? {
        do {
            return try await account(userID).values
        } catch let error as GraphError where error.kind == .notFound {
            return nil
        }
    }

    /// Graph replaces the whole list, so it is read before, and again afterwards: what another program writes in between is
    /// noticed and merged again.
    ///
    /// - Parameter edit: gives the list that is wanted; nil where it is so already.
    /// - Returns: false for a synchronised account whose list would have to change.
    private func change(_ userID: String, _ edit: ([String]) throws -> [String]?) async throws -> Bool {
        for _ in 1...Self.tries {
            let account = try await account(userID)
            guard let wanted = try edit(account.values) else { return true }
            guard !account.isSynchronised else { return false }
            let body: JSONValue = ["authorizationInfo": ["certificateUserIds": JSONValue(wanted)]]
            do {
                try await graph.send(GraphRequest("PATCH", ["users", userID], body: body))
            } catch let error as GraphError where error.kind == .permission {
                throw error.naming([.writeUsers], missing: try? await graph.missing([.writeUsers]))
            }
        }
        guard try edit(try await account(userID).values) != nil else { return true }
        throw GraphError(.transient, "certificateUserIds is changed by another program at the same time")
    }

    private func account(_ userID: String) async throws -> (values: [String], isSynchronised: Bool) {
        let request = GraphRequest(
            "GET", ["users", userID], query: [("$select", "id,authorizationInfo,onPremisesSyncEnabled")])
        let answer = try await graph.send(request)
        guard answer["id"]?.string?.lowercased() == userID.lowercased(), let info = answer["authorizationInfo"] else {
            throw GraphError(.transient, "Graph was asked for certificateUserIds and answers without them")
        }
        let list = info["certificateUserIds"]?.array ?? []
        let values = list.compactMap(\.string)
        // A list that is not understood must not be replaced by one that lacks something.
        guard values.count == list.count else {
            throw GraphError(.transient, "Graph answers with certificateUserIds that are no texts")
        }
        return (values, answer["onPremisesSyncEnabled"]?.bool == true)
    }

    /// Hexadecimal digits are written in either case.
    private static func isSame(_ one: String, _ other: String) -> Bool { one.lowercased() == other.lowercased() }
}
