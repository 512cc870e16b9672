// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import YAMLDocuments

extension RateLimit {
    /// Reads a list of limits, in a profile or in the configuration of a backend CA; what is wrong is noted.
    public static func read(_ reader: MappingReader, _ key: String) -> [RateLimit] {
        reader.mappings(key).compactMap { reader in
            defer { reader.finish(known: ProfileKey.common.names(in: "limits[]")) }
            _ = reader.requiredNode("requests")
            _ = reader.requiredNode("per")
            let (requests, per) = (
                reader.int("requests", in: ProfileKey.common.range(of: "limits[].requests")),
                reader.duration("per", in: .rest)
            )
            guard let requests, let per else { return nil }
            return RateLimit(requests: requests, per: per)
        }
    }
}
