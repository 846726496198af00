package faultline.core.arch;

import java.util.Set;

/// A processor as software sees it: what it advertises is exactly what is implemented.
public record CpuModel(String name, String description, Set<String> features) {

    public CpuModel {
        features = Set.copyOf(features);
    }

    /// Whether the model has a feature, by the manual's name for it.
    public boolean has(String feature) {
        return features.contains(feature);
    }
}
