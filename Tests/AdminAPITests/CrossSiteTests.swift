// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Synchronization
import Testing

@testable import AdminAPI

@Suite(.timeLimit(.minutes(1))) struct CrossSiteTests {
    private func served(_ count: Counter) async throws -> ServedGateway {
        let served = try await ServedGateway([
            APIOperation(
                "change", .post, "/things", tag: "t", "s", permission: nil, body: .body(APIField("a", .boolean)),
                answer: .json(.any)
            ) { _ in
                count.add()
                return .json([:])
            },
            APIOperation("look", .get, "/things", tag: "t", "s", permission: nil, answer: .json(.any)) { _ in .json([:])
            },
        ])
        served.callers.csrfToken.withLock { $0 = "secret" }
        return served
    }

    private typealias Headers = [(name: String, value: String)]

    @Test func aRequestOfOurOwnPagePasses() async throws {
        let count = Counter()
        let served = try await served(count)
        let own: [Headers] = [
            [("X-CSRF-Token", "secret"), ("Sec-Fetch-Site", "same-origin")],
            [("X-CSRF-Token", "secret"), ("Origin", "https://gw.example.org"), ("Host", "gw.example.org")],
        ]
        for headers in own {
            #expect(await served.ask("POST", "/things", body: ["a": true], headers: headers).status == 200)
        }
        #expect(count.value == 2)
        #expect(await served.ask("GET", "/things", headers: [("Sec-Fetch-Site", "cross-site")]).status == 200)
    }

    @Test func whatAnotherSiteSendsIsRefused() async throws {
        let count = Counter()
        let served = try await served(count)
        let foreign: [Headers] = [
            [], [("X-CSRF-Token", "secret")], [("Sec-Fetch-Site", "same-origin")],
            [("X-CSRF-Token", "secre7"), ("Sec-Fetch-Site", "same-origin")],
            [("X-CSRF-Token", "secret"), ("Sec-Fetch-Site", "cross-site")],
            [("X-CSRF-Token", "secret"), ("Sec-Fetch-Site", "same-site")],
            [("X-CSRF-Token", "secret"), ("Sec-Fetch-Site", "none")],
            [("X-CSRF-Token", "secret"), ("Origin", "https://evil.example"), ("Host", "gw.example.org")],
            [("X-CSRF-Token", "secret"), ("Origin", "null"), ("Host", "gw.example.org")],
            [
                ("X-CSRF-Token", "secret"), ("Sec-Fetch-Site", "same-origin"), ("Content-Type", "text/plain"),
            ],
        ]
        for headers in foreign {
            let answer = await served.ask("POST", "/things", body: ["a": true], headers: headers)
            #expect(answer.status == 403 && answer.code == "crossSite", "\(headers)")
        }
        #expect(count.value == 0)
    }

    @Test func aTokenNeedsNoneOfIt() async throws {
        let count = Counter()
        let served = try await served(count)
        served.callers.csrfToken.withLock { $0 = nil }
        #expect(await served.ask("POST", "/things", body: ["a": true]).status == 200)
    }
}

/// Counts what was done.
final class Counter: Sendable {
    private let number = Mutex(0)
    var value: Int { number.withLock { $0 } }
    func add() { number.withLock { $0 += 1 } }
}
