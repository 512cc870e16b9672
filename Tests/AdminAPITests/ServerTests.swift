// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Testing

@testable import AdminAPI

@Suite(.timeLimit(.minutes(2))) struct ServerTests {
    @Test func whoIsNotSignedInIsToldHow() async throws {
        let served = try await ServedGateway()
        let answer = await served.ask("GET", "/orders", as: nil)
        #expect(answer.status == 401 && answer.code == "notSignedIn")
        #expect(answer.headers["www-authenticate"]?.hasPrefix("Bearer") == true)
        #expect(await served.ask("GET", "/status", as: nil).status == 200)
        #expect(await served.ask("GET", "/openapi.json", as: nil).json["openapi"] == "3.1.0")
    }

    @Test func whoMayNotIsToldWhomToAsk() async throws {
        let served = try await ServedGateway()
        let answer = await served.ask("GET", "/orders", as: "requester")
        #expect(answer.status == 403 && answer.code == "accessDenied" && answer.json["actor"] == "administrator")
        #expect(answer.json["nextStep"]?.string?.contains("administrator") == true)
    }

    @Test func everyAnswerIsGuarded() async throws {
        let served = try await ServedGateway()
        for target in ["/orders", "/nothing", "/orders/cw-none", "/orders?x=1", "/openapi.json"] {
            let answer = await served.ask("GET", target)
            #expect(answer.headers["x-content-type-options"] == "nosniff", "\(target)")
            #expect(answer.headers["cache-control"] == "no-store", "\(target)")
            #expect(answer.headers["content-security-policy"]?.contains("frame-ancestors 'none'") == true)
            if answer.status >= 400 {
                #expect(answer.headers["content-type"] == "application/problem+json", "\(target)")
                #expect(APIProblem.schema.faults(answer.json) == [], "\(target)")
            }
        }
    }

    @Test func otherMethodsAreNamed() async throws {
        let served = try await ServedGateway()
        let answer = await served.ask("DELETE", "/orders")
        #expect(answer.status == 405 && answer.headers["allow"] == "GET, HEAD, OPTIONS")
        #expect(await served.ask("OPTIONS", "/orders", as: nil).headers["allow"] == "GET, HEAD, OPTIONS")
        #expect(await served.ask("HEAD", "/orders").status == 200)
    }

    @Test(arguments: [
        ("/orders?stag=pending", "stag", "stage"), ("/orders?stage=pendin", "stage", "pending"),
        ("/orders?held=yes", "held", "true or false"), ("/orders?limit=0", "limit", "1 to 1000"),
        ("/orders?limit=05", "limit", "1 to 1000"), ("/orders?limit=1&limit=2", "limit", "once"),
        ("/orders?sort=-stge", "sort", "-stage"), ("/orders?fields=stge", "fields", "stage"),
        ("/orders?after=nonsense", "after", "begin again"), ("/certificates?expires=soon", "expires", "30d"),
        ("/costs?from=2026-13", "from", "2026-01"),
    ])
    func mistakesInAnAddressAreNamed(_ target: String, _ place: String, _ hint: String) async throws {
        let served = try await ServedGateway()
        let answer = await served.ask("GET", target)
        #expect(answer.status == 400 && answer.json["errors"]?[0]?["pointer"]?.string == place, "\(answer.text)")
        #expect(answer.json["errors"]?[0]?["detail"]?.string?.contains(hint) == true, "\(answer.text)")
    }

    @Test func onlyWhatWasAskedForComes() async throws {
        let served = try await ServedGateway()
        try await served.order(["ada"])
        let item = await served.ask("GET", "/orders?fields=reference,stage").json["items"]?[0]?.object
        #expect(item?.keys.sorted() == ["reference", "stage"] && item?["stage"] == "planned")
    }

    /// Every reading operation that takes no name answers as its schema says, with an empty gateway and with an order.
    @Test func everyListAnswersAsItSays() async throws {
        let served = try await ServedGateway()
        for isEmpty in [true, false] {
            if !isEmpty { try await served.order(["ada", "bob"]) }
            for operation in APIOperation.all where operation.method == .get && !operation.path.contains("{") {
                guard let schema = operation.answer.schema else { continue }
                let answer = await served.ask("GET", operation.path, as: "administrator,auditor,employee")
                // Rules stand in files that this gateway may not have.
                guard answer.status != 409 else { continue }
                #expect(answer.status == 200, "\(operation.id): \(answer.text)")
                #expect(schema.faults(answer.json) == [], "\(operation.id): \(answer.text.prefix(600))")
            }
        }
    }

    @Test func whoAsksTooOftenWaits() async throws {
        let limits = RateLimits()
        let start = ContinuousClock.now
        for _ in 0..<RateLimits.burst { _ = try limits.take("a", at: start) }
        #expect(throws: APIProblem.self) { try limits.take("a", at: start) }
        // Nobody else is kept from asking, and time heals.
        _ = try limits.take("b", at: start)
        let later = try limits.take("a", at: start + .seconds(1))
        #expect(later.remaining == Int(RateLimits.pace) - 1)
        #expect(later.headers.map(\.name) == ["RateLimit-Policy", "RateLimit"])
    }
}
