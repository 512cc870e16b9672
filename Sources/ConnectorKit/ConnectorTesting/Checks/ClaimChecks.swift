// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit

/// Whether what the profile declares is there.
enum ClaimChecks {
    static func checks(_ bench: ConformanceBench) -> [ConformanceCheck] {
        let declared = ConnectorAbility.allCases.filter { bench.profile.abilities.contains($0) }
        return declared.map { ability in
            ConformanceCheck(
                "declared.\(ability.rawValue)", "The declared ability \(ability.rawValue) is there",
                proves: "What the profile declares is configured and the module can do it.", isOffline: true
            ) { run in
                guard ability.isImplemented(by: run.connector) else {
                    throw CheckStop.failed("module \(run.profile.module) cannot \(ability.rawValue)")
                }
                guard run.profile.claims(ability) else {
                    throw CheckStop.failed(
                        "\(run.profile.file) declares \(ability.rawValue) and has no operation of that name")
                }
            }
        } + [products]
    }

    private static let products = ConformanceCheck(
        "products.listed", "The CA lists what the account may order",
        proves: "The product under test is among the products the CA lists, each of which has an id of its own.",
        ability: .listProducts
    ) { run in
        let lister = try run.ability((any ProductListing).self, .listProducts)
        let products = try await run.repeating { try await lister.products() }
        let ids = products.map(\.id)
        run.note("the CA lists \(ids.count) products: \(ids.prefix(20).joined(separator: ", "))")
        guard Set(ids).count == ids.count, !ids.contains("") else {
            throw CheckStop.failed("a product stands twice in the list, or has no id")
        }
        func isListed(_ facts: ProductFacts) -> Bool { ids.contains(where: facts.isKnown) }
        guard run.facts.map(isListed) ?? ids.contains(run.bench.trial.product) else {
            throw CheckStop.failed("\(run.bench.trial.product) is not in the CA's list")
        }
        let missing = run.profile.products.filter { $0.isOffered(at: run.clock.now()) && !isListed($0) }.map(\.id)
        if !missing.isEmpty { run.note("in the profile and not in the account: \(missing.joined(separator: ", "))") }
    }
}
