// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Foundation
import JSONDocuments
import PKIX
import Synchronization

/// `certway-benchmark keys`: key generation and nothing else, on as many threads as the gateway uses.
enum KeysCommand {
    static let command = Command(
        "keys", "bare key generation, as the gateway makes keys",
        options: [
            .choice("key", KeyType.allCases.map(\.rawValue), "key type", default: KeyType.rsa2048.rawValue),
            .value("threads", "N", "threads", default: "\(ProcessInfo.processInfo.activeProcessorCount)"),
            .value("count", "N", "keys to make", default: "300"),
        ]
    ) { invocation in
        let type = invocation.value("key").flatMap(KeyType.init) ?? .rsa2048
        let threads = try invocation.int("threads", in: 1...1024) ?? 1
        let count = try invocation.int("count", in: 1...10_000_000) ?? 1
        let time = ProcessorTime()
        try generate(type, count: count, threads: threads)
        let result: JSONValue = [
            "keys": JSONValue(count), "seconds": .number(time.seconds), "cpuSeconds": .number(time.cpuSeconds),
        ]
        Terminal.print(json: result.text)
        return .done
    }

    private static func generate(_ type: KeyType, count: Int, threads: Int) throws {
        let left = Atomic(count)
        let failure = Mutex<(any Error)?>(nil)
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            while left.subtract(1, ordering: .relaxed).oldValue > 0 {
                do {
                    _ = try PrivateKey.generate(type)
                } catch {
                    failure.withLock { $0 = error }
                }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }
}
