// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Testing

@testable import AdminAPI

@Suite(.timeLimit(.minutes(1))) struct PageTests {
    private let names = (0..<7).map { "person\($0)" }

    private func page(_ served: ServedGateway, _ query: String) async -> JSONValue {
        await served.ask("GET", "/orders?\(query)").json
    }

    @Test func pagesShowEachOnce() async throws {
        let served = try await ServedGateway()
        try await served.order(names)
        for sort in ["userPrincipalName", "-userPrincipalName", "-updatedAt", "id"] {
            var (found, next): ([String], String?) = ([], "")
            var pages = 0
            while let cursor = next, pages < 10 {
                let query = "sort=\(sort)&limit=3" + (cursor.isEmpty ? "" : "&after=\(cursor)")
                let answer = await page(served, query)
                found += answer["items"]?.array?.compactMap { $0["userPrincipalName"]?.string } ?? []
                next = answer["next"]?.string
                #expect(answer["matches"] == ["count": 7, "exact": true])
                pages += 1
            }
            #expect(pages == 3 && found.count == 7 && Set(found).count == 7, "\(sort)")
            if sort == "userPrincipalName" { #expect(found == found.sorted()) }
            if sort == "-userPrincipalName" { #expect(found == found.sorted().reversed()) }
        }
    }

    @Test func aPageGoesOnOnlyInItsOwnList() async throws {
        let served = try await ServedGateway()
        try await served.order(names)
        let cursor = try #require(await page(served, "limit=2&template=smime")["next"]?.string)
        func status(_ target: String, as role: String = "administrator") async -> Int {
            await served.ask("GET", target, as: role).status
        }
        #expect(await status("/orders?limit=4&template=smime&after=\(cursor)") == 200)
        #expect(await status("/orders?after=\(cursor)") == 400)
        #expect(await status("/orders?template=other&after=\(cursor)") == 400)
        #expect(await status("/orders?template=smime&sort=stage&after=\(cursor)") == 400)
        #expect(await status("/orders?template=smime&after=\(cursor)", as: "auditor") == 400)
        #expect(await status("/certificates?template=smime&after=\(cursor)") == 400)
        #expect(await status("/orders?template=smime&after=\(cursor.dropLast())") == 400)
    }
}
