// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Directory
import HTTPServing
import JSONDocuments
import MicrosoftGraph
import Testing

/// Who claims which address, in the whole tenant (docs/decisions/0013-one-address-one-person.md).
@Suite(.timeLimit(.minutes(5))) struct AddressPassTests {
    private let address = "ada@sandbox.example"

    /// Ada in the enrollment group, others outside, after the first pass.
    private func prepared(_ change: (FakeTenant) -> Void = { _ in }) async throws -> DirectoryHarness {
        let harness = try await DirectoryHarness()
        harness.tenant.addUsers(["ada", "bob"], to: "root")
        harness.tenant.addUsers((0..<12).map { "stranger-\($0)" }, to: "elsewhere")
        harness.tenant.change { $0.pageSize = 5 }
        change(harness.tenant)
        _ = try await harness.synchronizer.synchronize(group: "root")
        return harness
    }

    private func rivals(_ harness: DirectoryHarness, of id: String = "ada") async throws -> [String] {
        try await harness.mirror.members(of: "root", ids: [id]).flatMap(\.rivals).map {
            "\($0.address) \($0.source.rawValue) \($0.claimant)"
        }
    }

    @Test func everybodyInTheTenantMayBeARival() async throws {
        let harness = try await prepared { tenant in
            tenant.update("stranger-11", "mail", .string(address.uppercased()))
            tenant.setRecipient(
                "sales", in: "groups", mail: nil, proxies: ["smtp:\(address)", "SIP:bob@sandbox.example"])
            tenant.setRecipient("partner", in: "contacts", mail: address, proxies: ["x500:\(address)"])
        }
        let found = try await rivals(harness)
        #expect(
            found == [
                "\(address) 2 contact The partner", "\(address) 4 group The sales",
                "\(address) 2 user stranger-11@sandbox.example",
            ])
        #expect(try await rivals(harness, of: "bob").isEmpty)
    }

    @Test func whoTakesUpOrLetsGoAnAddressHasTheOthersLookedAtAgain() async throws {
        let harness = try await prepared()
        let changes: [@Sendable (FakeTenant) -> Void] = [
            { $0.update("stranger-3", "mail", "Ada@Sandbox.example") },
            { $0.update("stranger-3", "proxyAddresses", ["smtp:ada@sandbox.example"]) },
            { $0.update("stranger-3", "mail", nil) },
            { $0.setDeleted(true, "stranger-3") },
            { $0.setDeleted(false, "stranger-3") },
            { $0.update("stranger-3", "proxyAddresses", []) },
            { $0.setRecipient("sales", in: "groups", mail: "ada@sandbox.example") },
            { $0.setRecipient("sales", in: "groups", mail: nil) },
            { $0.setRecipient("partner", in: "contacts", mail: "ada@sandbox.example") },
            { $0.setRecipient("partner", in: "contacts", mail: nil) },
            { $0.update("bob", "mail", "ada@sandbox.example") },
        ]
        for (index, change) in changes.enumerated() {
            let end = try await harness.end()
            change(harness.tenant)
            #expect(try await harness.synchronizer.synchronize(group: "root").mode == .delta)
            let expected: Set = index == changes.count - 1 ? ["+ada", "+bob"] : ["+ada"]
            #expect(try await harness.changes(after: end) == expected, "change \(index)")
            let isClaimed = ![3, 5, 7, 9].contains(index)
            #expect(try await rivals(harness).isEmpty != isClaimed, "change \(index)")
        }
        // What changes of an address nobody else claims is nobody's news.
        let end = try await harness.end()
        harness.tenant.update("stranger-4", "mail", "nobody.else@sandbox.example")
        harness.tenant.setRecipient("list", in: "groups", mail: "list@sandbox.example")
        _ = try await harness.synchronizer.synchronize(group: "root")
        #expect(try await harness.changes(after: end).isEmpty)
    }

    @Test func anAttributeThatIsNotToldIsUnchanged() async throws {
        let harness = try await prepared {
            $0.update("stranger-0", "mail", .string(address))
            $0.update("stranger-0", "proxyAddresses", [.string("smtp:\(address)")])
        }
        let before = try await rivals(harness)
        #expect(before.count == 1)
        harness.tenant.change { $0.users["stranger-0"]?["mail"] = nil }
        harness.tenant.update("stranger-0", "displayName", "Other")
        _ = try await harness.synchronizer.synchronize(group: "root")
        #expect(try await rivals(harness) == before)
    }

    /// Deltas repeat what is long undone; an address must not become free by it.
    @Test func aRepeatedDeletionFreesNothing() async throws {
        let harness = try await prepared {
            $0.update("stranger-1", "mail", .string(address))
            $0.setRecipient("partner", in: "contacts", mail: address)
        }
        #expect(try await rivals(harness).count == 2)
        harness.tenant.change {
            $0.tellsRemoved = ["stranger-1", "partner"]
            $0.replays = 100
        }
        _ = try await harness.synchronizer.synchronize(group: "root")
        #expect(try await rivals(harness).count == 2)
    }

    /// What happens between a listing and its link is told by the link, which was taken first.
    @Test(arguments: ["users", "groups", "contacts"])
    func nothingIsLostBetweenAListingAndItsLink(_ collection: String) async throws {
        let harness = try await prepared { tenant in
            tenant.afterListing(collection) { tenant in
                if collection == "users" { return tenant.update("stranger-2", "mail", .string(address)) }
                tenant.setRecipient("late", in: collection, mail: address)
            }
        }
        #expect(try await rivals(harness).isEmpty)
        _ = try await harness.synchronizer.synchronize(group: "root")
        #expect(try await rivals(harness).count == 1)
    }

    @Test func untilAllAddressesAreReadNobodyCanSayWhoseTheyAre() async throws {
        let harness = try await DirectoryHarness()
        harness.tenant.addUsers((0..<12).map { "user-\($0)" }, to: "root")
        harness.tenant.change {
            $0.pageSize = 5
            $0.brokenCollection = ("users", 2, .graphError(403, "Forbidden"))
        }
        let error = await #expect(throws: GraphError.self) { try await harness.synchronizer.synchronize(group: "root") }
        #expect(error?.kind == .permission)
        #expect(error?.message.contains("User.Read.All") == true, "\(error?.message ?? "")")
        await #expect(throws: GraphError.self) { try await harness.mirror.requireAddresses() }
        harness.tenant.change { $0.brokenCollection = nil }
        _ = try await harness.synchronizer.synchronize(group: "root")
        try await harness.mirror.requireAddresses()
    }

    @Test func aMissingPermissionIsNamed() async throws {
        let harness = try await DirectoryHarness()
        harness.tenant.addUsers(["ada"], to: "root")
        harness.tenant.change { $0.forbidden = ["contacts"] }
        let error = await #expect(throws: GraphError.self) { try await harness.synchronizer.synchronize(group: "root") }
        #expect(error?.kind == .permission)
        #expect(
            error?.message.contains("lacks the permission OrgContact.Read.All, ") == true, "\(error?.message ?? "")")
        await #expect(throws: GraphError.self) { try await harness.mirror.requireAddresses() }
    }

    /// A listing that breaks off forgets nobody; one that comes to its end forgets who is gone without a word.
    @Test func onlyAWholeListingForgets() async throws {
        let harness = try await prepared {
            $0.update("stranger-1", "mail", .string(address))
            $0.setRecipient("sales", in: "groups", mail: nil, proxies: ["SMTP:\(address)"])
        }
        harness.tenant.change {
            $0.users["stranger-1"] = nil
            $0.brokenCollection = ("users", 1, .graphError(400, "Directory_ExpiredPageToken"))
        }
        harness.tenant.forget("sales", in: "groups")
        harness.graph.clock.advance(by: 8 * 86_400)
        await #expect(throws: GraphError.self) { try await harness.synchronizer.synchronize(group: "root") }
        #expect(try await rivals(harness).count == 2)
        harness.tenant.change { $0.brokenCollection = nil }
        _ = try await harness.synchronizer.synchronize(group: "root")
        #expect(try await rivals(harness).isEmpty)
    }

    /// An address whose claimant one listing leaves out is nobody else's: the tenant is asked for each.
    @Test func whoAListingLeavesOutIsAskedFor() async throws {
        let harness = try await prepared { $0.update("stranger-1", "mail", .string(address)) }
        harness.tenant.change { $0.unlisted = ["stranger-1"] }
        harness.graph.clock.advance(by: 8 * 86_400)
        _ = try await harness.synchronizer.synchronize(group: "root")
        #expect(try await rivals(harness).count == 1)
    }

    /// The first listing of all is made once more after an hour.
    @Test func whoTheFirstListingLeavesOutIsFoundByTheSecond() async throws {
        let harness = try await prepared {
            $0.update("stranger-1", "mail", .string(address))
            $0.change { $0.unlisted = ["stranger-1"] }
        }
        #expect(try await rivals(harness).isEmpty)
        harness.tenant.change { $0.unlisted = [] }
        harness.graph.clock.advance(by: 3601)
        _ = try await harness.synchronizer.synchronize(group: "root")
        #expect(try await rivals(harness).count == 1)
    }

    /// What became of an address while a link was lost is found by listing again.
    @Test(arguments: [("users", "users"), ("all groups", "groups"), ("contacts", "contacts")])
    func aLostLinkLeadsToANewListing(_ delta: String, _ collection: String) async throws {
        let harness = try await prepared { tenant in
            tenant.update("stranger-5", "mail", .string(address))
            for collection in ["groups", "contacts"] {
                tenant.setRecipient("one of \(collection)", in: collection, mail: address)
            }
        }
        #expect(try await rivals(harness).count == 3)
        harness.tenant.change {
            $0.brokenDelta[delta] = .graphError(410, "syncStateNotFound")
            $0.users["stranger-5"]?["mail"] = .null
        }
        for collection in ["groups", "contacts"] { harness.tenant.forget("one of \(collection)", in: collection) }
        let before = harness.graph.service.requests.count
        _ = try await harness.synchronizer.synchronize(group: "root")
        let paths = harness.graph.service.requests.dropFirst(before).map(\.path)
        #expect(paths.contains("/v1.0/\(collection)"))
        #expect(try await rivals(harness).count == 2)
    }
}
