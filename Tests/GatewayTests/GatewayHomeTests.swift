// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Gateway
import Secrets
import TestSupport
import Testing

@Suite struct GatewayHomeTests {
    /// Two first processes must not seal with different keys: one of them would never open its orders again.
    @Test func whoeverAsksFirstTheSealingKeyIsOne() async throws {
        let folder = try TemporaryFolder()
        let home = GatewayHome(option: folder.path)
        #expect(!home.hasSealingKey)
        let keys = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<16 { group.addTask { try home.loadSealingKey().bytes.withBytes { Array($0) } } }
            return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
        }
        #expect(keys.count == 1 && home.hasSealingKey)
    }
}
