// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Testing

/// What `certway connector new` promises: a commented profile with every key.
@Suite struct SkeletonTests {
    @Test(arguments: ["adcs", "cmc", "external", "local-ca", "rest", "soap"])
    func everyKeyIsThereAndFits(kind: String) async throws { try await SkeletonCheck(kind: kind).run() }
}
