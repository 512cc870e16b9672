// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Testing

@testable import AdminAPI

@Suite(.timeLimit(.minutes(1))) struct VersionTests {
    private func operations(_ count: Counter) -> [APIOperation] {
        [
            APIOperation("read", .get, "/thing", tag: "t", "s", permission: nil, answer: .json(.any)) { _ in
                .json(["value": JSONValue(count.value)], version: "v\(count.value)")
            },
            APIOperation(
                "write", .put, "/thing", tag: "t", "s", permission: nil, body: .any, answer: .json(.any),
                version: { _ in "v\(count.value)" }
            ) { _ in
                count.add()
                return .json([:], version: "v\(count.value)")
            },
        ]
    }

    @Test func aChangeNeedsTheVersionThatWasSeen() async throws {
        let count = Counter()
        let served = try await ServedGateway(operations(count))
        let seen = await served.ask("GET", "/thing").headers["etag"]
        #expect(seen == "\"v0\"")
        #expect(await served.ask("GET", "/thing", headers: [("If-None-Match", "\"v0\"")]).status == 304)
        #expect(await served.ask("PUT", "/thing", body: 1).status == 428)
        let changed = await served.ask("PUT", "/thing", body: 1, headers: [("If-Match", "\"v0\"")])
        #expect(changed.status == 200 && changed.headers["etag"] == "\"v1\"")
        let stale = await served.ask("PUT", "/thing", body: 1, headers: [("If-Match", "\"v0\"")])
        #expect(stale.status == 412 && stale.headers["etag"] == "\"v1\"" && count.value == 1)
        #expect(await served.ask("PUT", "/thing", body: 1, headers: [("If-Match", "\"v0\", \"v1\"")]).status == 200)
    }
}
