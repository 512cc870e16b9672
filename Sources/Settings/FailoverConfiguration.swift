// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import YAMLDocuments

/// Where new orders of a template go while its own CA takes none.
public struct FailoverConfiguration: Sendable, Hashable {
    public var backendCA: String
    public var product: String
    /// How long its own CA must have been unable to take orders.
    public var after: Duration

    static let usualDelay = Duration.seconds(4 * 3600)
    static let delays: ClosedRange<Duration> = .seconds(1)...(.seconds(30 * 86_400))

    /// How long its own CA must answer again before orders go back there: one that comes and goes is not followed each time.
    public var backAfter: Duration { after / 4 }

    /// nil where the template names none.
    init?(_ template: MappingReader) {
        guard let reader = template.mapping("failover") else { return nil }
        defer { reader.finish(known: ConfigurationKeys.names(in: "templates[].failover")) }
        backendCA = reader.requiredString("backendCA")
        product = reader.requiredString("product")
        after = reader.duration("after", in: Self.delays) ?? Self.usualDelay
    }
}
