// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Settings

extension ProfileCatalogue {
    /// Why a connector that was typed cannot be used: a word that means none, or a file that is to be mended.
    public func missing(_ name: String) -> SettingsError {
        let hasFile = files().contains { $0.name == name || $0.baseName == name }
        return SettingsError(explainMissing(name), at: hasFile ? .configuration : .commandLine)
    }
}
