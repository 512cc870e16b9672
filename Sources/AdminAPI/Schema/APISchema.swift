// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The form of a value of the API: what a body or a parameter is held to, and what the document of the API says of it. One
/// value serves both, so that what is promised is what is checked (decision 0046).
public indirect enum APISchema: Sendable {
    /// Any JSON value.
    case any
    case boolean
    case integer(ClosedRange<Int> = -9_007_199_254_740_991...9_007_199_254_740_991)
    case number
    /// - Parameter length: of Unicode scalars.
    case text(length: ClosedRange<Int> = 0...100_000)
    /// Text of one of the forms that the document names.
    case formatted(APITextForm)
    case word([String])
    /// Text of a form that has no name; what is expected, in words.
    case matching(pattern: String, String)
    /// Several of these words, with commas between.
    case words([String])
    case list(APISchema, count: ClosedRange<Int> = 0...10_000)
    case object([APIField], isClosed: Bool)
    /// Members whose names are data.
    case map(APISchema)
    /// What stands once in the document, under its name.
    case named(String, APISchema)
    case nullable(APISchema)
    /// Exactly what one of these says; the first that fits is taken.
    case oneOf([APISchema])

    /// Any text.
    public static let string = APISchema.text()
    public static let count = APISchema.integer(0...9_007_199_254_740_991)
    /// A time, RFC 3339 in UTC.
    public static let time = APISchema.formatted(.time)
    /// An object of an answer: it may have more members than are told.
    public static func answer(_ fields: APIField...) -> APISchema { .object(fields, isClosed: false) }
    /// An object of a body: a member it does not know is a mistake.
    public static func body(_ fields: APIField...) -> APISchema { .object(fields, isClosed: true) }
}
