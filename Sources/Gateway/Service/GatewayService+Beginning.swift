// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

extension GatewayService {
    /// Joins the nodes of its database, once there is a tenant to work for. What another one holds there, perhaps because it stands still in the middle of a transaction, is
    /// waited for, and so is a database that is away: a service that has begun goes on through both.
    ///
    /// - Returns: false when it was stopped meanwhile.
    /// - Throws: what waiting does not mend.
    func joins() async throws -> Bool {
        while !engine.isStopping {
            do {
                if !isTakenOver { try await first.takeNode() }
                guard try await beginsWithTenant() else { return false }
                try await presence.join()
                say(.error, "begin", []) { _ in "the database answers again" }
                return true
            } catch let error as StoreError where error.isTransient {
                say(.error, "begin", "the service cannot begin yet and tries again: \(error)")
                await plannerBell.wait(atMost: Self.glance)
            }
        }
        return false
    }

    /// Where no tenant is configured yet, the console leads to one: the service waits for the first configuration that can be used.
    ///
    /// - Returns: false when it was stopped meanwhile.
    /// - Throws: as `CurrentGateway.context`, when there was a tenant to begin with.
    private func beginsWithTenant() async throws -> Bool {
        guard try await current.latest().configuration.tenant == nil else {
            _ = try await current.context()
            return true
        }
        log(.notice, "no tenant is configured yet: the service begins its work once there is one")
        while !engine.isStopping {
            do {
                if try await current.latest().configuration.tenant != nil {
                    _ = try await current.context()
                    return true
                }
            } catch {
                say(.error, "set-up", "the configuration cannot be used yet: \(error)")
            }
            await plannerBell.wait(atMost: Self.glance)
        }
        return false
    }
}
