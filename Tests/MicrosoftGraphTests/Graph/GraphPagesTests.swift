// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import JSONDocuments
import MicrosoftGraph
import Testing

/// wire/graph-directory.md section 3 and section 12, points 1 and 2.
@Suite struct GraphPagesTests {
    private let listing = GraphRequest("GET", ["groups", "9a", "members"], isAdvancedQuery: true)

    private func items(_ harness: GraphHarness) async throws -> [[String]] {
        var pages: [[String]] = []
        for try await page in harness.client.pages(listing) { pages.append(page.items.compactMap { $0["id"]?.string }) }
        return pages
    }

    @Test func followsLinksVerbatimAndPassesEmptyPages() async throws {
        let target = "/v1.0/groups/9a/members?$select=id,mail&$skiptoken=RFNwd%2b%3d%3D&x='a'"
        let harness = try GraphHarness { request, index in
            let base = "http://\(request.header("Host") ?? "")"
            return switch index {
            case 0: .json(["value": [["id": "1"]], "@odata.nextLink": .string(base + target)])
            case 1: .json(["value": [], "@odata.nextLink": .string(base + target + "&p=2")])
            default: .json(["value": [["id": "2"], ["id": "3"]]])
            }
        }
        #expect(try await items(harness) == [["1"], [], ["2", "3"]])
        #expect(harness.service.requests[1].target == target)
        #expect(harness.service.requests.allSatisfy { $0.header("ConsistencyLevel") == "eventual" })
    }

    @Test(arguments: [
        "http://evil.example/v1.0/x", "http://127.0.0.1.evil.example/x", "http://127.0.0.1:1/v1.0/x",
        "https://127.0.0.1/x", "/v1.0/relative", "http://HOST@evil.example/", "http://HOST\\@evil.example/",
    ])
    func sendsNoTokenToAnotherHost(_ link: String) async throws {
        let harness = try GraphHarness { request, _ in
            let link = link.replacing("HOST", with: request.header("Host") ?? "")
            return .json(["value": [], "@odata.nextLink": .string(link)])
        }
        let error = await #expect(throws: GraphError.self) { try await items(harness) }
        #expect(error?.kind == .configuration)
        #expect(harness.service.requests.count == 1)
    }

    @Test func anExpiredPageTokenSaysBeginAgain() async throws {
        let harness = try GraphHarness { request, index in
            index == 0
                ? .json(["value": [], "@odata.nextLink": .string("http://\(request.header("Host") ?? "")/v1.0/n")])
                : .graphError(400, "Directory_ExpiredPageToken")
        }
        let error = await #expect(throws: GraphError.self) { try await items(harness) }
        #expect(error?.kind == .restart)
    }

    @Test func aPageThatPointsToItselfEndsTheListing() async throws {
        let harness = try GraphHarness { request, _ in
            .json(["value": [], "@odata.nextLink": .string("http://\(request.header("Host") ?? "")/v1.0/n")])
        }
        await #expect(throws: GraphError.self) { try await items(harness) }
        #expect(harness.service.requests.count == 2)
    }

    /// Each of these was seen at Graph, or is what a proxy makes of it. Without an end of our own the reading lasts until
    /// somebody kills it.
    enum Maze: String, CaseIterable {
        case circle, emptyPages, samePages, newPages

        func page(_ index: Int, _ base: String) -> ServerAnswer {
            let id = self == .newPages ? "\(index)" : "1"
            let next = self == .circle ? index % 2 : index
            return .json([
                "value": self == .emptyPages ? [] : [["id": .string(self == .circle ? "\(index)" : id)]],
                "@odata.nextLink": .string("\(base)/v1.0/groups/9a/members?$skiptoken=\(next)"),
            ])
        }

        /// Pages asked for before the reading is given up.
        var requests: Int {
            switch self {
            case .circle: 3
            case .emptyPages: 7
            case .samePages: 4
            case .newPages: 20
            }
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: Maze.allCases)
    func pagesWithoutEndAreOneErrorThatNamesTheReading(_ maze: Maze) async throws {
        var paging = PagingLimits()
        (paging.pages, paging.emptyPages, paging.equalPages) = (20, 7, 4)
        let harness = try GraphHarness(paging: paging) { request, index in
            maze.page(index, "http://\(request.header("Host") ?? "")")
        }
        let error = await #expect(throws: GraphError.self) { try await items(harness) }
        #expect(error?.kind == .endless)
        #expect(error?.message.contains("GET /groups/9a/members never end") == true, "\(error?.message ?? "")")
        #expect(harness.service.requests.count == maze.requests)
    }

    /// What ordinary delta rounds do must not be taken for a maze.
    @Test func manyEmptyPagesMayComeBeforeTheLast() async throws {
        let harness = try GraphHarness { request, index in
            index == 300
                ? .json(["value": [["id": "1"]]])
                : .json([
                    "value": [],
                    "@odata.nextLink": .string("http://\(request.header("Host") ?? "")/v1.0/n?t=\(index)"),
                ])
        }
        #expect(try await items(harness).count == 301)
    }

    @Test func anAnswerWithoutListIsNotAnEmptyListing() async throws {
        let harness = try GraphHarness(.json([:]))
        await #expect(throws: GraphError.self) { try await items(harness) }
    }
}
