import Plan

extension Pass {
    /// Who looks at the images of one pass.
    func observer(_ depth: CostDepth, _ survey: Survey) -> Observer {
        var observer = Observer(places: places, depth: depth)
        observer.subsets = SubsetMemo(options.store, recalls: !options.deep)
        observer.internalTags = survey.internalTags
        (observer.isDeep, observer.store) = (options.deep, options.store)
        return observer
    }
}
