// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A parameter of an operation: a part of its path, or of its query.
public struct APIParameter: Sendable {
    public enum Place: String, Sendable {
        case path, query
    }

    public let name: String
    public let place: Place
    public let schema: APISchema
    public let help: String
    /// Whether it may be given several times, which means "or".
    public let repeats: Bool

    private init(_ name: String, _ place: Place, _ schema: APISchema, _ help: String, repeats: Bool = false) {
        (self.name, self.place, self.schema, self.help, self.repeats) = (name, place, schema, help, repeats)
    }

    /// A segment of the path.
    public static func path(_ name: String, _ help: String, _ schema: APISchema = .text(length: 1...400)) -> Self {
        APIParameter(name, .path, schema, help)
    }
    /// A number that the gateway has given, such as that of a certificate in its ledger.
    public static func number(_ name: String, _ help: String) -> Self {
        APIParameter(name, .path, .integer(0...9_007_199_254_740_991), help)
    }
    public static func query(_ name: String, _ help: String, _ schema: APISchema = .text(length: 1...400)) -> Self {
        APIParameter(name, .query, schema, help)
    }
    /// Several times: any of these.
    public static func anyOf(_ name: String, _ help: String, _ schema: APISchema = .text(length: 1...400)) -> Self {
        APIParameter(name, .query, schema, help, repeats: true)
    }
    public static func flag(_ name: String, _ help: String) -> Self { query(name, help, .boolean) }
}
