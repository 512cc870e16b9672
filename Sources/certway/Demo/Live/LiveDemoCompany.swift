// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Who of a live demo's people belongs where: shares of everybody, so that fifty people show the same as five hundred.
struct LiveDemoCompany {
    typealias Person = LiveDemoWorld.Person

    /// Those who are there from the beginning, by the days before the present on which they came.
    let early: [(days: Double, people: [Person])]
    /// Came after the template had gone to another CA.
    let later: [Person]
    /// Came within the last days.
    let new: [Person]
    /// In a group and a template of their own.
    let contractors: [Person]
    /// Sign in with certificates.
    let signIn: [Person]
    /// Whose certificates come from the CA that is not reachable.
    let board: [Person]

    init(_ people: [Person]) {
        var left = people[...]
        func take(_ share: Double) -> [Person] {
            let count = max(2, Int(Double(people.count) * share))
            defer { left = left.dropFirst(count) }
            return Array(left.prefix(count))
        }
        early = [(400, take(0.08)), (359, take(0.12)), (345, take(0.12)), (318, take(0.13)), (290, take(0.13))]
        later = take(0.14)
        contractors = take(0.18)
        board = take(0.03)
        new = Array(left)
        signIn = Array(early.flatMap(\.people).filter(\.canSignIn).prefix(max(4, people.count / 5)))
    }
}
